#include "policy/selection.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "model/names.h"
#include "policy/response_values.h"

namespace plimsoll::policy {
namespace {

struct Key {
  const char* name;
  std::vector<std::string> AssetSelection::* list;
};
constexpr std::array<Key, 5> keys{{{"label", &AssetSelection::labels},
                                   {"image", &AssetSelection::images},
                                   {"name", &AssetSelection::names},
                                   {"node", &AssetSelection::nodes},
                                   {"namespace", &AssetSelection::namespaces}}};

}  // namespace

AssetSelection read_selection(const YamlNode& node, std::string_view what, Faults& faults) {
  AssetSelection out;
  const MapReader map(node, {"kind", "label", "image", "name", "node", "namespace"}, what, faults);
  if (const YamlNode* kinds = map.find("kind"))
    out.kinds =
        words_in<AssetKind>(*kinds, fmt::format("{}.kind", what), parse_asset_kind, "host, container, image", faults);
  for (const Key& key : keys) {
    if (const YamlNode* value = map.find(key.name))
      out.*key.list = texts_in(*value, fmt::format("{}.{}", what, key.name), faults);
  }
  return out;
}

std::string describe(const AssetSelection& selection) {
  std::vector<std::string> parts;
  std::vector<std::string> kinds;
  for (const AssetKind kind : selection.kinds) kinds.emplace_back(name_of(kind));
  if (!kinds.empty()) parts.push_back("kind " + join(kinds, " or "));
  for (const Key& key : keys) {
    const std::vector<std::string>& list = selection.*key.list;
    if (!list.empty()) parts.push_back(std::string(key.name) + " " + printable(join(list, " or "), 300));
  }
  return parts.empty() ? "all" : join(parts, ", ");
}

}  // namespace plimsoll::policy
