#include "probe/kubernetes/document.h"

#include "base/text.h"
#include "runtime/json_tree.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::probe::kubernetes {
namespace {

// The words of YAML 1.1's bool, as go-yaml v2 resolves them.
FactTree plain_scalar(const std::string& text) {
  for (const std::string_view yes : {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}) {
    if (text == yes) return FactTree::of(true);
  }
  for (const std::string_view no : {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}) {
    if (text == no) return FactTree::of(false);
  }
  const bool negative = text.starts_with('-');
  const auto number = parse_uint(std::string_view(text).substr(negative ? 1 : 0));
  if (number && *number <= INT64_MAX) {
    return FactTree::of(negative ? -static_cast<int64_t>(*number) : static_cast<int64_t>(*number));
  }
  return FactTree::of(text);
}

FactTree tree_of(const YamlNode& node) {  // parse_yaml() bounds the depth
  switch (node.kind) {
    case YamlNode::Kind::null:
      return {};
    case YamlNode::Kind::scalar:
      return node.quoted ? FactTree::of(node.text) : plain_scalar(node.text);
    case YamlNode::Kind::sequence: {
      FactTree list = FactTree::list_of({});
      for (const YamlNode& item : node.items) list.items.push_back(tree_of(item));
      return list;
    }
    case YamlNode::Kind::map:
      break;
  }
  FactTree map = FactTree::map_of({});
  for (size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
    map.members[node.keys[i].text] = tree_of(node.items[i]);
  }
  return map;
}

}  // namespace

Result<FactTree> parse_document(std::string_view text, const std::string& path) {
  if (trim(text).starts_with('{')) {  // yaml-cpp refuses some JSON (tabs)
    auto json = runtime::tree_from_text(text, path);
    if (json.ok()) return json;
  }
  PLIMSOLL_TRY(document, parse_yaml(text, path));
  FactTree tree = tree_of(document);
  if (tree.kind == FactTree::Kind::absent) tree = FactTree::map_of({});  // an empty file sets nothing
  tree.source = path;
  if (tree.kind != FactTree::Kind::map) return Error{ErrorKind::malformed, "not a map of settings", printable(path)};
  return tree;
}

const FactTree& at_path(const FactTree& map, std::string_view dotted) {
  const FactTree* node = &map;
  for (const auto part : split(dotted, '.')) node = &node->at(std::string(part));
  return *node;
}

const std::string& text_of(const FactTree& node) {
  static const std::string none;
  return node.kind == FactTree::Kind::text ? node.text : none;
}

bool is_true(const FactTree& node) { return node.kind == FactTree::Kind::boolean && node.boolean; }

}  // namespace plimsoll::probe::kubernetes
