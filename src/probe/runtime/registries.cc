#include "probe/runtime/registries.h"

#include <set>

#include "probe/runtime/toml_files.h"
#include "runtime/json_tree.h"

namespace plimsoll::probe {
namespace {

using Kind = FactTree::Kind;

constexpr size_t kLargestPolicy = size_t{1} << 20;

// Of several files, the tables of one registry in a later one take the place of an earlier's.
using Tables = std::map<std::string, FactTree>;

void take_registries(const FactTree& file, Tables& tables) {
  for (const FactTree& registry : file.at("registry").items) {
    const std::string& prefix = registry.at("prefix").text;
    tables[prefix.empty() ? registry.at("location").text : prefix] = registry;
  }
}

void add_insecure(const FactTree& registry, std::set<std::string>& out) {
  const std::string& location = registry.at("location").text;
  const std::string& name = location.empty() ? registry.at("prefix").text : location;
  if (registry.at("insecure").boolean && !is_local_registry(name)) out.insert(name);
}

}  // namespace

bool is_local_registry(std::string_view address) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (address.starts_with(scheme)) address.remove_prefix(scheme.size());
  }
  const std::string_view host = address.substr(0, address.find_first_of("/"));
  return host == "localhost" || host.starts_with("localhost:") || host.starts_with("127.") || host.starts_with("[::1]");
}

FactTree registries_of(const system::Files& files, const std::string& home) {
  const std::string own = home + "/.config/containers/registries.conf";
  const bool has_own = !home.empty() && files.describe(own).kind != Kind::absent;
  std::vector<std::string> paths = {has_own ? own : "/etc/containers/registries.conf"};
  std::string unknown;
  add_drop_ins(files, "/etc/containers/registries.conf.d", ".conf", paths, unknown);
  if (!home.empty()) add_drop_ins(files, own + ".d", ".conf", paths, unknown);
  if (!unknown.empty()) return FactTree::unknown_because(unknown);
  FactTree all = FactTree::map_of({});
  Tables tables;
  for (const std::string& path : paths) {
    FactTree file = toml_files(files, {path});
    if (file.kind == Kind::unknown) return file;
    take_registries(file, tables);
    lay_over(all, file);
  }
  std::set<std::string> insecure;
  for (const auto& [prefix, registry] : tables) {
    add_insecure(registry, insecure);
    for (const FactTree& mirror : registry.at("mirror").items) add_insecure(mirror, insecure);
  }
  // The first version of the format had one list.
  for (const FactTree& name : all.at("registries").at("insecure").at("registries").items) insecure.insert(name.text);
  const FactTree& old_search = all.at("registries").at("search").at("registries");
  const FactTree& search = all.at("unqualified-search-registries");
  FactTree searched = search.kind == Kind::list ? search : old_search;
  if (searched.kind != Kind::list) searched = FactTree::list_of({});
  return FactTree::map_of({{"insecure", FactTree::texts_of(insecure)},
                           {"unqualified_search", std::move(searched)},
                           {"short_names", all.at("short-name-mode")}},
                          all.source.empty() ? paths.front() : "/etc/containers/registries.conf and .d");
}

FactTree image_policy_of(const system::Files& files, const std::string& home) {
  std::vector<std::string> paths = {"/etc/containers/policy.json"};
  if (!home.empty()) paths.insert(paths.begin(), home + "/.config/containers/policy.json");
  for (const std::string& path : paths) {
    const auto text = files.read(path, kLargestPolicy);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;
    const auto parsed = text.ok() ? runtime::tree_from_text(*text, path) : Result<FactTree>(text.error());
    if (!parsed.ok()) return FactTree::unknown_because(parsed.error().to_string(), path);
    const FactTree& first = parsed->at("default");
    if (first.items.empty() || first.items.front().at("type").kind != Kind::text)
      return FactTree::unknown_because("it has no default requirement", path);
    return FactTree::map_of({{"default", FactTree::of(first.items.front().at("type").text)}}, path);
  }
  return {};
}

}  // namespace plimsoll::probe
