#include "runtime/toml_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "base/text.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace plimsoll::runtime {
namespace {

constexpr size_t kMaxDots = 2'000, kMaxNodes = 20'000;
constexpr int kMaxDepth = 64;

// Behind the string that begins at `at`; strings of one line end with it at the latest, as TOML has them.
size_t behind_string(std::string_view text, size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool lines = text.substr(at, 3) == three;
  for (size_t i = at + (lines ? 3 : 1); i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (lines ? text.substr(i, 3) == three : text[i] == quote || text[i] == '\n') {
      return i + (lines ? 3 : 1);
    }
  }
  return text.size();
}

// Dots outside of strings and comments. The library parses and frees nested tables by recursion, and each dot of a key
// may open one.
size_t dots_of_keys(std::string_view text) {
  size_t dots = 0;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '#') {
      i = std::min(text.find('\n', i), text.size());
    } else if (text[i] == '"' || text[i] == '\'') {
      i = behind_string(text, i);
    } else {
      dots += text[i++] == '.' ? 1 : 0;
    }
  }
  return dots;
}

// With `?` for each letter beyond ASCII: the library's tables of blanks do not know all of them (it reaches a place
// that it calls unreachable). Outside of strings and comments they are no TOML, and `?` is none either.
std::string ascii_of(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) out += c;
    if (byte >= 0xc0) out += '?';
  }
  return out;
}

Error not_toml(size_t line, std::string_view why, const std::string& what) {
  return {ErrorKind::malformed, fmt::format("not TOML: line {}: {}", line, why), what};
}

class Builder {
 public:
  FactTree build(const toml::node& node, int depth = 0) {
    if (left_ == 0) return too_large();
    if (depth > kMaxDepth) return FactTree::unknown_because("nested too deeply");
    --left_;
    switch (node.type()) {
      case toml::node_type::table:
        return map(*node.as_table(), depth);
      case toml::node_type::array:
        return list(*node.as_array(), depth);
      case toml::node_type::boolean:
        return FactTree::of(node.as_boolean()->get());
      case toml::node_type::integer:
        return FactTree::of(node.as_integer()->get());
      case toml::node_type::string:
        return FactTree::of(node.as_string()->get());
      case toml::node_type::floating_point:
        return FactTree::of(fmt::format("{}", node.as_floating_point()->get()));
      case toml::node_type::date:
      case toml::node_type::time:
      case toml::node_type::date_time:
        return moment(node);
      case toml::node_type::none:
        break;
    }
    return {};
  }

 private:
  static FactTree too_large() { return FactTree::unknown_because("too large to be taken whole"); }

  static FactTree moment(const toml::node& node) {
    if (const auto* date = node.as_date()) return text_of(date->get());
    if (const auto* time = node.as_time()) return text_of(time->get());
    return text_of(node.as_date_time()->get());
  }

  template <class Moment>
  static FactTree text_of(const Moment& moment) {
    std::ostringstream out;
    out << moment;
    return FactTree::of(out.str());
  }

  FactTree map(const toml::table& table, int depth) {
    std::map<std::string, FactTree> members;
    for (const auto& [key, value] : table) {
      if (left_ == 0) return too_large();
      members.emplace(std::string(key.str()), build(value, depth + 1));
    }
    return FactTree::map_of(std::move(members));
  }

  FactTree list(const toml::array& array, int depth) {
    std::vector<FactTree> items;
    for (const toml::node& value : array) {
      if (left_ == 0) return too_large();
      items.push_back(build(value, depth + 1));
    }
    return FactTree::list_of(std::move(items));
  }

  size_t left_ = kMaxNodes;
};

}  // namespace

Result<FactTree> tree_from_toml(std::string_view text, const std::string& what) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (!is_utf8(text)) return Error{ErrorKind::malformed, "not TOML: it is not UTF-8", what};
  const std::string ascii = ascii_of(text);
  if (dots_of_keys(ascii) > kMaxDots)
    return Error{ErrorKind::limit, fmt::format("more than {} dots in its keys; it is not read", kMaxDots), what};
  const toml::parse_result parsed = toml::parse(ascii);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return not_toml(error.source().begin.line, printable(error.description(), 200), what);
  }
  FactTree tree = Builder().build(parsed.table());
  tree.source = what;
  return tree;
}

}  // namespace plimsoll::runtime
