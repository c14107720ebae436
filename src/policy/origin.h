#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// A setting that a file gives, as it stands there.
struct Origin {
  std::string path;   // "threats.likelihood.unknown"
  std::string value;  // "0.5", "[a, b]"; cut when it is long
  std::string file;
  int line = 0;
};

// Every setting of a document or of a part of it, in its order: maps are gone into, a list is one setting. Keys of the
// top that are in `but` are left out.
std::vector<Origin> origins_of(const YamlNode& node, const std::string& file, std::span<const std::string_view> but);

// Whether two values say the same: 0.5 and 0.50 do.
bool same_value(std::string_view a, std::string_view b);

}  // namespace plimsoll::policy
