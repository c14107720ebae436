#include "model/fact_tree.h"

#include <utility>

namespace plimsoll {

FactTree FactTree::of(bool value, std::string source) {
  FactTree node;
  node.kind = Kind::boolean;
  node.boolean = value;
  node.source = std::move(source);
  return node;
}

FactTree FactTree::of(int64_t value, std::string source) {
  FactTree node;
  node.kind = Kind::integer;
  node.integer = value;
  node.source = std::move(source);
  return node;
}

FactTree FactTree::of(std::string value, std::string source) {
  FactTree node;
  node.kind = Kind::text;
  node.text = std::move(value);
  node.source = std::move(source);
  return node;
}

FactTree FactTree::of(const char* value, std::string source) { return of(std::string(value), std::move(source)); }

FactTree FactTree::unknown_because(std::string reason, std::string source) {
  FactTree node;
  node.kind = Kind::unknown;
  node.text = std::move(reason);
  node.source = std::move(source);
  return node;
}

FactTree FactTree::list_of(std::vector<FactTree> items, std::string source) {
  FactTree node;
  node.kind = Kind::list;
  node.items = std::move(items);
  node.source = std::move(source);
  return node;
}

FactTree FactTree::map_of(std::map<std::string, FactTree> members, std::string source) {
  FactTree node;
  node.kind = Kind::map;
  node.members = std::move(members);
  node.source = std::move(source);
  return node;
}

const FactTree& FactTree::at(const std::string& name) const {
  static const FactTree nothing;
  const auto found = members.find(name);
  return found == members.end() ? nothing : found->second;
}

void lay_over(FactTree& below, const FactTree& above) {
  if (below.kind != FactTree::Kind::map || above.kind != FactTree::Kind::map) {
    below = above;
    return;
  }
  for (const auto& [name, node] : above.members) {
    if (node.kind == FactTree::Kind::absent) continue;
    FactTree& place = below.members[name];
    if (place.kind == FactTree::Kind::map && node.kind == FactTree::Kind::map) {
      lay_over(place, node);
      place.source = node.source;
    } else {
      place = node;
    }
  }
}

}  // namespace plimsoll
