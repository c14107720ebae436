#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace plimsoll::runtime {

// Replies of containerd's services, protobuf to values (https://github.com/containerd/containerd/tree/main/api: the
// numbers of fields are those of api/services/*/v1/*.proto and api/types/task/task.proto). Pure; malformed: bytes that
// are no such message; limit: more of something than anybody has.

// containerd.services.containers.v1.Container.
struct ContainerdContainer {
  std::string id, image;
  std::map<std::string, std::string> labels;
  Instant created{};
  std::string spec;  // the OCI runtime's configuration, JSON; empty when it is of another kind
};

// containerd.v1.types.Process, of a task's first process.
struct ContainerdTask {
  enum class Status { unknown, created, running, stopped, paused, pausing };
  std::string id;
  int pid = 0;
  Status status = Status::unknown;
  bool runs() const { return status == Status::running || status == Status::paused || status == Status::pausing; }
  bool is_paused() const { return status == Status::paused; }
};

Result<std::string> read_containerd_version(std::string_view reply);                    // Version.Version
Result<std::vector<std::string>> read_containerd_namespaces(std::string_view reply);    // Namespaces.List
Result<std::vector<ContainerdContainer>> read_containerd_list(std::string_view reply);  // Containers.List
Result<ContainerdContainer> read_containerd_container(std::string_view reply);          // Containers.Get
Result<std::vector<ContainerdTask>> read_containerd_tasks(std::string_view reply);      // Tasks.List
Result<ContainerdTask> read_containerd_task(std::string_view reply);                    // Tasks.Get
Result<std::vector<int>> read_containerd_pids(std::string_view reply);                  // Tasks.ListPids

}  // namespace plimsoll::runtime
