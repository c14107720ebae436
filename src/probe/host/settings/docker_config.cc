#include "probe/host/settings/docker_config.h"

#include <simdjson.h>

#include "base/text.h"

namespace plimsoll::probe::settings {
namespace {

constexpr int kMaxDepth = 16;

FactTree convert(const simdjson::dom::element& element, int depth) {
  if (depth > kMaxDepth) return FactTree::unknown_because("nested too deeply");
  if (simdjson::dom::object object; element.get(object) == simdjson::SUCCESS) {
    std::map<std::string, FactTree> members;
    for (const auto field : object) members[std::string(field.key)] = convert(field.value, depth + 1);
    return FactTree::map_of(std::move(members));
  }
  if (simdjson::dom::array array; element.get(array) == simdjson::SUCCESS) {
    std::vector<FactTree> items;
    for (const simdjson::dom::element item : array) items.push_back(convert(item, depth + 1));
    return FactTree::list_of(std::move(items));
  }
  if (std::string_view text; element.get(text) == simdjson::SUCCESS) return FactTree::of(std::string(text));
  if (bool flag = false; element.get(flag) == simdjson::SUCCESS) return FactTree::of(flag);
  if (int64_t whole = 0; element.is_int64() && element.get(whole) == simdjson::SUCCESS) return FactTree::of(whole);
  if (double real = 0; element.get(real) == simdjson::SUCCESS) return FactTree::of(std::to_string(real));
  return {};  // null
}

}  // namespace

Result<FactTree> parse_json_facts(std::string_view text, const std::string& source) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const auto error = parser.parse(text.data(), text.size()).get(root);
  if (error != simdjson::SUCCESS)
    return Error{ErrorKind::malformed, std::string("not JSON: ") + simdjson::error_message(error), printable(source)};
  FactTree out = convert(root, 0);
  out.source = source;
  return out;
}

}  // namespace plimsoll::probe::settings
