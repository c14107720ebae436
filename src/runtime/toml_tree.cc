#include "runtime/toml_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/text.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace plimsoll::runtime {
namespace {

// The library parses and frees nested tables by recursion, and each dot of a key may open one.
constexpr std::ptrdiff_t kMaxDots = 5'000;
constexpr size_t kMaxNodes = 20'000;

class Builder {
 public:
  FactTree build(const toml::node& node) {
    if (left_ == 0) return FactTree::unknown_because("too large to be taken whole");
    --left_;
    switch (node.type()) {
      case toml::node_type::table:
        return map(*node.as_table());
      case toml::node_type::array:
        return list(*node.as_array());
      case toml::node_type::boolean:
        return FactTree::of(node.as_boolean()->get());
      case toml::node_type::integer:
        return FactTree::of(node.as_integer()->get());
      case toml::node_type::string:
        return FactTree::of(node.as_string()->get());
      case toml::node_type::floating_point:
        return FactTree::of(fmt::format("{}", node.as_floating_point()->get()));
      case toml::node_type::date:
        return text_of(node.as_date()->get());
      case toml::node_type::time:
        return text_of(node.as_time()->get());
      case toml::node_type::date_time:
        return text_of(node.as_date_time()->get());
      case toml::node_type::none:
        break;
    }
    return {};
  }

 private:
  template <class Moment>
  static FactTree text_of(const Moment& moment) {
    std::ostringstream out;
    out << moment;
    return FactTree::of(out.str());
  }

  FactTree map(const toml::table& table) {
    std::map<std::string, FactTree> members;
    for (const auto& [key, value] : table) {
      if (left_ == 0) return FactTree::unknown_because("too large to be taken whole");
      members.emplace(std::string(key.str()), build(value));
    }
    return FactTree::map_of(std::move(members));
  }

  FactTree list(const toml::array& array) {
    std::vector<FactTree> items;
    for (const toml::node& value : array) {
      if (left_ == 0) return FactTree::unknown_because("too large to be taken whole");
      items.push_back(build(value));
    }
    return FactTree::list_of(std::move(items));
  }

  size_t left_ = kMaxNodes;
};

}  // namespace

Result<FactTree> tree_from_toml(std::string_view text, const std::string& what) {
  if (std::count(text.begin(), text.end(), '.') > kMaxDots) {
    return Error{ErrorKind::limit, fmt::format("more than {} dots; it is not read", kMaxDots), what};
  }
  if (!is_utf8(text)) return Error{ErrorKind::malformed, "not TOML: it is not UTF-8", what};
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Error{ErrorKind::malformed,
                 fmt::format("not TOML: line {}: {}", error.source().begin.line, printable(error.description(), 200)),
                 what};
  }
  FactTree tree = Builder().build(parsed.table());
  tree.source = what;
  return tree;
}

}  // namespace plimsoll::runtime
