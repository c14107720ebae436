#pragma once
#include <map>
#include <string>

#include "runtime/protobuf.h"
#include "system/memory_machine.h"

// Replies as containerd writes them, and one of it in memory.
namespace plimsoll::runtime::testing {

inline constexpr const char* socket_path = "/run/containerd/containerd.sock";
inline const std::string tasks = "/containerd.services.tasks.v1.Tasks/";
inline const std::string containers = "/containerd.services.containers.v1.Containers/";

inline std::string container_message(const std::string& id, const std::map<std::string, std::string>& labels = {},
                                     const std::string& spec = "{}") {
  ProtoWriter out;
  out.text(1, id);
  for (const auto& [key, value] : labels) out.text(2, std::move(ProtoWriter().text(1, key).text(2, value)).take());
  out.text(3, "docker.io/shop/web:1");
  out.text(4, std::move(ProtoWriter().text(1, "io.containerd.runc.v2")).take());
  out.text(
      5,
      std::move(ProtoWriter().text(1, "types.containerd.io/opencontainers/runtime-spec/1/Spec").text(2, spec)).take());
  out.text(8, std::move(ProtoWriter().number(1, 1'700'000'000).number(2, 5)).take());
  return std::move(out).take();
}

// `status`: 2 running, 3 stopped, 4 paused.
inline std::string task_message(const std::string& id, int pid, uint64_t status) {
  return std::move(ProtoWriter().text(2, id).number(3, static_cast<uint64_t>(pid)).number(4, status)).take();
}

inline std::string one(const std::string& item) { return std::move(ProtoWriter().text(1, item)).take(); }

inline void add_namespaces(system::MemoryMachine& machine, const std::vector<std::string>& names) {
  machine.add_answer(socket_path, "/containerd.services.version.v1.Version/Version", "", one("1.6.20"));
  std::string list;
  for (const std::string& name : names) list += one(one(name));
  machine.add_answer(socket_path, "/containerd.services.namespaces.v1.Namespaces/List", "", list);
}

}  // namespace plimsoll::runtime::testing
