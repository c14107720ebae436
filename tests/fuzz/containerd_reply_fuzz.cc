// Bytes that claim to be a reply of containerd, frames and all: never a crash, nothing that is neither one thing nor
// the other, and what was framed comes out as it was.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/containerd_names.h"
#include "runtime/containerd_replies.h"
#include "system/grpc_frames.h"

namespace {

using namespace plimsoll;
using namespace plimsoll::runtime;

void read_message_of(std::string_view message) {
  (void)read_containerd_version(message);
  (void)read_containerd_namespaces(message);
  (void)read_containerd_pids(message);
  (void)read_containerd_task(message);
  if (const auto tasks = read_containerd_tasks(message); tasks.ok()) {
    for (const ContainerdTask& task : *tasks) {
      if (task.id.empty() || task.pid < 0 || (task.is_paused() && !task.runs())) std::abort();
    }
  }
  (void)read_containerd_container(message);
  if (const auto containers = read_containerd_list(message); containers.ok()) {
    for (const ContainerdContainer& container : *containers) {
      if (container.id.empty() || containerd_called(container).empty()) std::abort();
      if (containerd_id({"shop", container.id}).empty()) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_message_of(bytes);
  if (const auto message = system::grpc_unframe(bytes); message.ok()) {
    if (system::grpc_frame(*message) != bytes) std::abort();
    read_message_of(*message);
  }
  system::GrpcEnd end;
  for (size_t begin = 0; begin <= bytes.size();) {
    const size_t stop = std::min(bytes.find('\n', begin), bytes.size());
    end.take(bytes.substr(begin, stop - begin));
    begin = stop + 1;
  }
  if (const Status result = end.result(); !result.ok() && result.error().message.empty()) std::abort();
  (void)containerd_cgroup(bytes, {"shop", "web"}, "/own");
  return 0;
}
