#include "probe/runtime/toml_files.h"

#include <algorithm>

#include "runtime/toml_tree.h"

namespace plimsoll::probe {
namespace {

constexpr size_t kLargestFile = size_t{1} << 20, kMostFiles = 1000;

}  // namespace

FactTree toml_files(const system::Files& files, const std::vector<std::string>& paths) {
  FactTree out = FactTree::map_of({});
  for (const std::string& path : paths) {
    const auto text = files.read(path, kLargestFile);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;
    const auto parsed = text.ok() ? runtime::tree_from_toml(*text, path) : Result<FactTree>(text.error());
    if (!parsed.ok()) return FactTree::unknown_because(parsed.error().to_string(), path);
    for (const auto& [name, node] : parsed->members) {
      FactTree& place = out.members[name];
      lay_over(place, node);
      place.source = path;
    }
    out.source += out.source.empty() ? path : ", " + path;
  }
  return out;
}

void add_drop_ins(const system::Files& files, const std::string& directory, const std::string& suffix,
                  std::vector<std::string>& paths, std::string& unknown) {
  auto names = files.list(directory, kMostFiles);
  if (!names.ok()) {
    if (names.error().kind != ErrorKind::not_found) unknown = names.error().to_string();
    return;
  }
  std::sort(names->begin(), names->end());
  for (const std::string& name : *names) {
    if (name.ends_with(suffix)) paths.push_back(directory + "/" + name);
  }
}

}  // namespace plimsoll::probe
