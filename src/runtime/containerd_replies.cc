#include "runtime/containerd_replies.h"

#include <functional>

#include "runtime/protobuf.h"

namespace plimsoll::runtime {
namespace {

constexpr size_t most_items = 20'000;   // namespaces, containers, tasks, processes
constexpr size_t most_labels = 10'000;  // of one container

// Of a process on this machine; 0 for anything else.
int pid_of(uint64_t value) { return value <= INT32_MAX ? static_cast<int>(value) : 0; }

// google.protobuf.Timestamp: seconds = 1.
Result<Instant> read_timestamp(std::string_view message) {
  constexpr uint64_t most = uint64_t{1} << 40;  // some 35 000 years
  uint64_t seconds = 0;
  PLIMSOLL_CHECK(read_message(message, [&](const ProtoField& field) {
    if (field.number == 1) seconds = field.value;
    return Status(Done{});
  }));
  return seconds <= most ? Instant{std::chrono::seconds(static_cast<int64_t>(seconds))} : Instant{};
}

// google.protobuf.Any: type_url = 1, value = 2. containerd's typeurl writes an OCI specification as JSON.
Result<std::string> read_spec(std::string_view message) {
  std::string type, value;
  PLIMSOLL_CHECK(read_message(message, [&](const ProtoField& field) {
    if (field.number == 1) type = field.text();
    if (field.number == 2) value = field.text();
    return Status(Done{});
  }));
  return type.find("opencontainers/runtime-spec") == std::string::npos ? std::string() : value;
}

// Container: id = 1, labels = 2, image = 3, spec = 5, created_at = 8.
Result<ContainerdContainer> read_one_container(std::string_view message) {
  ContainerdContainer out;
  const Status read = read_message(message, [&](const ProtoField& field) -> Status {
    if (field.number == 1) out.id = field.text();
    if (field.number == 2) PLIMSOLL_CHECK(add_map_entry(field.bytes, out.labels, most_labels));
    if (field.number == 3) out.image = field.text();
    if (field.number == 5) {
      PLIMSOLL_TRY(spec, read_spec(field.bytes));
      out.spec = std::move(spec);
    }
    if (field.number == 8) {
      PLIMSOLL_TRY(created, read_timestamp(field.bytes));
      out.created = created;
    }
    return Done{};
  });
  if (!read.ok()) return read.error();
  if (out.id.empty()) return Error{ErrorKind::malformed, "a container without an id"};
  return out;
}

// Process: container_id = 1, id = 2, pid = 3, status = 4. A task's own id is its container's; older ones say it in `id`
// alone.
Result<ContainerdTask> read_process(std::string_view message) {
  ContainerdTask out;
  std::string own;
  PLIMSOLL_CHECK(read_message(message, [&](const ProtoField& field) {
    if (field.number == 1) out.id = field.text();
    if (field.number == 2) own = field.text();
    if (field.number == 3) out.pid = pid_of(field.value);
    if (field.number == 4 && field.value <= 5) out.status = static_cast<ContainerdTask::Status>(field.value);
    return Status(Done{});
  }));
  if (out.id.empty()) out.id = std::move(own);
  if (out.id.empty()) return Error{ErrorKind::malformed, "a task without an id"};
  return out;
}

// Namespace: name = 1.
Result<std::string> read_name(std::string_view message) {
  std::string out;
  PLIMSOLL_CHECK(read_message(message, [&](const ProtoField& field) {
    if (field.number == 1) out = field.text();
    return Status(Done{});
  }));
  return out;
}

// ProcessInfo: pid = 1.
Result<int> read_pid(std::string_view message) {
  int out = 0;
  PLIMSOLL_CHECK(read_message(message, [&](const ProtoField& field) {
    if (field.number == 1) out = pid_of(field.value);
    return Status(Done{});
  }));
  return out;
}

// Every reply here holds its items as field 1, whatever they are.
template <class T>
Result<std::vector<T>> read_items(std::string_view reply, Result<T> (*read)(std::string_view)) {
  std::vector<T> out;
  PLIMSOLL_CHECK(read_message(reply, [&](const ProtoField& field) -> Status {
    if (field.number != 1 || !field.has_bytes) return Done{};
    if (out.size() >= most_items) return Error{ErrorKind::limit, "a list of too many items"};
    PLIMSOLL_TRY(item, read(field.bytes));
    out.push_back(std::move(item));
    return Done{};
  }));
  return out;
}

template <class T>
Result<T> read_item(std::string_view reply, Result<T> (*read)(std::string_view)) {
  PLIMSOLL_TRY(items, read_items<T>(reply, read));
  if (items.empty()) return Error{ErrorKind::malformed, "a reply with nothing in it"};
  return std::move(items.back());
}

}  // namespace

Result<std::string> read_containerd_version(std::string_view reply) { return read_name(reply); }

Result<std::vector<std::string>> read_containerd_namespaces(std::string_view reply) {
  return read_items<std::string>(reply, read_name);
}

Result<std::vector<ContainerdContainer>> read_containerd_list(std::string_view reply) {
  return read_items<ContainerdContainer>(reply, read_one_container);
}

Result<ContainerdContainer> read_containerd_container(std::string_view reply) {
  return read_item<ContainerdContainer>(reply, read_one_container);
}

Result<std::vector<ContainerdTask>> read_containerd_tasks(std::string_view reply) {
  return read_items<ContainerdTask>(reply, read_process);
}

Result<ContainerdTask> read_containerd_task(std::string_view reply) {
  return read_item<ContainerdTask>(reply, read_process);
}

Result<std::vector<int>> read_containerd_pids(std::string_view reply) { return read_items<int>(reply, read_pid); }

}  // namespace plimsoll::runtime
