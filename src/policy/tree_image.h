#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// A parsed document as bytes: what the build makes of data/*.yaml, so that no start of the program parses YAML again.
// In front of its children stands each node: kind, quoted (a byte each), line, column, count (32 bits each, little
// endian), then `count` bytes of text, or `count` items (of a map: key, item, key, item...).
std::string tree_image(const YamlNode& root);

// The document again. malformed: the bytes are not an image (cut short, deeper than parse_yaml() allows).
Result<YamlNode> tree_of_image(std::string_view image);

// A file of data/ and its image, both of the program's whole life.
struct BuiltInTree {
  std::string_view path, image;
};
// Those the build made, in the order of their paths.
std::span<const BuiltInTree> built_in_trees();
// The image of one ("data/routes/escape.yaml"); empty when the build made none.
inline std::string_view built_in_tree(std::string_view path) {
  for (const BuiltInTree& tree : built_in_trees()) {
    if (tree.path == path) return tree.image;
  }
  return {};
}

}  // namespace plimsoll::policy
