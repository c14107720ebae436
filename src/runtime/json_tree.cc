#include "runtime/json_tree.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace plimsoll::runtime {
namespace {

using simdjson::dom::element_type;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

class Builder {
 public:
  explicit Builder(Keys keys) : keys_(keys) {}

  FactTree build(Json value) {
    if (left_ == 0) return FactTree::unknown_because("too large to be taken whole");
    --left_;
    switch (value.type()) {
      case element_type::ARRAY:
        return list(value.get_array().value_unsafe());
      case element_type::OBJECT:
        return map(value.get_object().value_unsafe());
      case element_type::BOOL:
        return FactTree::of(value.get_bool().value_unsafe());
      case element_type::INT64:
        return FactTree::of(value.get_int64().value_unsafe());
      case element_type::STRING:
        return FactTree::of(std::string(value.get_string().value_unsafe()));
      case element_type::UINT64:
      case element_type::DOUBLE:
        return FactTree::of(simdjson::to_string(value));
      case element_type::NULL_VALUE:
        break;
    }
    return {};
  }

 private:
  FactTree list(simdjson::dom::array array) {
    std::vector<FactTree> items;
    for (const Json item : array) {
      if (left_ == 0) return FactTree::unknown_because("too large to be taken whole");
      items.push_back(build(item));
    }
    return FactTree::list_of(std::move(items));
  }

  FactTree map(simdjson::dom::object object) {
    std::map<std::string, FactTree> members;
    for (const auto field : object) {
      if (left_ == 0) return FactTree::unknown_because("too large to be taken whole");
      members[keys_ == Keys::snake_case ? snake_case(field.key) : std::string(field.key)] = build(field.value);
    }
    return FactTree::map_of(std::move(members));
  }

  Keys keys_;
  size_t left_ = 20'000;
};

}  // namespace

std::string snake_case(std::string_view camel) {
  std::string out;
  for (size_t i = 0; i < camel.size(); ++i) {
    const bool starts_word =
        is_upper(camel[i]) && i > 0 && (!is_upper(camel[i - 1]) || (i + 1 < camel.size() && !is_upper(camel[i + 1])));
    if (starts_word && out.back() != '_') out += '_';
    out += is_upper(camel[i]) ? static_cast<char>(camel[i] - 'A' + 'a') : camel[i];
  }
  return out;
}

FactTree tree_from(Json value, const std::string& source, Keys keys) {
  FactTree tree = Builder(keys).build(value);
  if (tree.kind != FactTree::Kind::absent) tree.source = source;
  return tree;
}

Result<FactTree> tree_from_text(std::string_view text, const std::string& what) {
  PLIMSOLL_TRY(reply, JsonReply::parse(text, what));
  return tree_from(reply.root(), what);
}

Result<std::vector<std::string>> repeated_members(std::string_view text, const std::string& what) {
  PLIMSOLL_TRY(reply, JsonReply::parse(text, what));
  std::map<std::string, int> seen;
  if (const auto object = object_at(reply.root(), {})) {
    for (const auto field : *object) ++seen[std::string(field.key)];
  }
  std::vector<std::string> out;
  for (const auto& [name, times] : seen) {
    if (times > 1) out.push_back(name);
  }
  return out;
}

}  // namespace plimsoll::runtime
