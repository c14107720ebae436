// Bytes that claim to be a configuration file of Podman, CRI-O or containerd: never a crash; what cannot be read is
// unknown, and never a list of nothing.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probe/runtime/engine_config.h"
#include "runtime/toml_tree.h"
#include "system/memory_machine.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const bool is_toml = runtime::tree_from_toml(bytes, "fuzz.toml").ok();
  system::MemoryMachine machine;
  for (const char* path :
       {"/etc/containers/containers.conf", "/etc/containers/registries.conf", "/etc/containers/policy.json",
        "/etc/crio/crio.conf", "/etc/containerd/config.toml", "/etc/containerd/certs.d/a/hosts.toml"}) {
    machine.add_file(path, std::string(bytes));
  }
  const system::Files files(machine);
  using Kind = FactTree::Kind;
  const FactTree podman = probe::podman_config(files, "");
  if (!is_toml && podman.at("containers").kind != Kind::unknown) std::abort();
  if (!is_toml && podman.at("registries").kind != Kind::unknown) std::abort();
  if (!is_toml && probe::crio_config(files).at("runtime").kind != Kind::unknown) std::abort();
  if (!is_toml && probe::containerd_config(files, "/etc/containerd/config.toml").kind != Kind::unknown) std::abort();
  return 0;
}
