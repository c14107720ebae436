#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plimsoll {

// One value of a YAML document with its place (1-based). Scalars keep their text as written: what it means is the
// reader's business.
struct YamlNode {
  enum class Kind { null, scalar, sequence, map } kind = Kind::null;
  std::string text;     // scalar
  bool quoted = false;  // scalar in quotes or a block: text, never a number
  std::string tag;      // "!name", only where tags are allowed
  int line = 1, column = 1;
  std::vector<YamlNode> keys;   // map: keys[i] belongs to items[i]
  std::vector<YamlNode> items;  // sequence, map
};

// The value of a key of a map; null when it is not there, and where `map` is none.
const YamlNode* child(const YamlNode& map, std::string_view key);

// The single document of `text`. Refused, with "FILE:LINE:COLUMN: ..." as message: text that is no YAML, larger than
// 1 MiB, deeper than 32, more than 100 000 values, anchors, aliases, tags (unless allowed), a second document. No
// exception leaves.
enum class YamlTags { refused, allowed };
Result<YamlNode> parse_yaml(std::string_view text, const std::string& file_name, YamlTags tags = YamlTags::refused);

}  // namespace plimsoll
