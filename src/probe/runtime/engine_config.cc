#include "probe/runtime/engine_config.h"

#include "probe/runtime/registries.h"
#include "probe/runtime/toml_files.h"

namespace plimsoll::probe {
namespace {

using Kind = FactTree::Kind;

// A table of a file as a map: a setting that is not there is absent in it, and one of an unread file unknown.
FactTree table(const FactTree& tree, const std::string& name) {
  if (tree.kind == Kind::unknown) return tree;
  const FactTree& found = tree.at(name);
  return found.kind == Kind::map ? found : FactTree::map_of({}, tree.source);
}

FactTree all_of(const system::Files& files, const std::vector<std::string>& paths, const std::string& unknown) {
  return unknown.empty() ? toml_files(files, paths) : FactTree::unknown_because(unknown);
}

}  // namespace

FactTree podman_config(const system::Files& files, const std::string& home) {
  constexpr const char* base = "/etc/containers/containers.conf";
  std::vector<std::string> paths = {"/usr/share/containers/containers.conf", base};
  std::string unknown;
  add_drop_ins(files, std::string(base) + ".d", ".conf", paths, unknown);
  if (!home.empty()) {
    const std::string own = home + "/.config/containers/containers.conf";
    paths.push_back(own);
    add_drop_ins(files, own + ".d", ".conf", paths, unknown);
  }
  const FactTree all = all_of(files, paths, unknown);
  return FactTree::map_of({{"containers", table(all, "containers")},
                           {"engine", table(all, "engine")},
                           {"registries", registries_of(files, home)},
                           {"image_policy", image_policy_of(files, home)}},
                          "containers.conf");
}

FactTree crio_config(const system::Files& files) {
  std::vector<std::string> paths = {"/etc/crio/crio.conf"};
  std::string unknown;
  add_drop_ins(files, "/etc/crio/crio.conf.d", "", paths, unknown);
  const FactTree all = all_of(files, paths, unknown);
  const FactTree crio = table(all, "crio");
  return FactTree::map_of({{"api", table(crio, "api")},
                           {"runtime", table(crio, "runtime")},
                           {"image", table(crio, "image")},
                           {"metrics", table(crio, "metrics")},
                           {"registries", registries_of(files, "")},
                           {"image_policy", image_policy_of(files, "")}},
                          "crio.conf");
}

}  // namespace plimsoll::probe
