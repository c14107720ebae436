#include "network/bpf/object.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

// connections.bpf.c, compiled: connections_object.S.
extern "C" const char plimsoll_connections_bpf[];      // NOLINT
extern "C" const char plimsoll_connections_bpf_end[];  // NOLINT

namespace plimsoll::network::bpf {
namespace {

enum class Hook { tracing, control_group, given };  // given: to sockets, by whoever opens them
struct Row {
  const char* name;
  const char* purpose;
  Hook hook;
};
constexpr std::array<Row, 5> kPrograms = {{
    {"tcp_state", "TCP sockets", Hook::tracing},
    {"datagram_out", "datagrams sent", Hook::control_group},
    {"datagram_in", "datagrams received", Hook::control_group},
    {"socket_made", "makers of datagram sockets", Hook::control_group},
    {"heads", "heads of flows for packet capture", Hook::given},
}};

std::string reason(int code) {
  const int number = code < 0 ? -code : errno;
  if (number == EPERM || number == EACCES)
    return "this kernel, or our rights, do not allow it (needs CAP_BPF and more)";
  if (number == ESRCH || number == ENOENT) return "this kernel does not describe its types (BTF)";
  return std::strerror(number);
}

// Every program off but those of `wanted`.
Result<Object> open_with(const std::array<bool, kPrograms.size()>& wanted) {
  const size_t size = static_cast<size_t>(plimsoll_connections_bpf_end - plimsoll_connections_bpf);
  Object object(bpf_object__open_mem(plimsoll_connections_bpf, size, nullptr));
  if (!object) return Error{ErrorKind::unsupported, "the kernel programs cannot be read: " + reason(0)};
  for (size_t i = 0; i < kPrograms.size(); ++i) {
    bpf_program* program = bpf_object__find_program_by_name(object.get(), kPrograms[i].name);
    if (program == nullptr) return Error{ErrorKind::bug, std::string("no kernel program ") + kPrograms[i].name};
    bpf_program__set_autoload(program, wanted[i]);
  }
  return object;
}

// Which programs the kernel takes: all at once, as is usual, else each is tried alone.
std::array<bool, kPrograms.size()> choose(std::array<bool, kPrograms.size()> wanted,
                                          std::vector<ProgramState>& states) {
  for (size_t i = 0; i < kPrograms.size(); ++i) {
    if (!wanted[i]) continue;
    std::array<bool, kPrograms.size()> alone{};
    alone[i] = true;
    const Result<Object> object = open_with(alone);
    const int code = object.ok() ? bpf_object__load(object->get()) : -EINVAL;
    if (code != 0) states[i].why_not = "cannot be loaded: " + reason(code);
    wanted[i] = code == 0;
  }
  return wanted;
}

Link attach(bpf_object* object, const Row& row, int cgroup, std::string& why_not) {
  bpf_program* program = bpf_object__find_program_by_name(object, row.name);
  Link link(row.hook == Hook::tracing ? bpf_program__attach(program) : bpf_program__attach_cgroup(program, cgroup));
  if (!link) why_not = "cannot be attached: " + reason(0);
  return link;
}

}  // namespace

Result<Loaded> load_object(const std::string& cgroup2_root) {
  libbpf_set_print(nullptr);  // what it would say on standard error is in the states
  Loaded out;
  const system::Descriptor cgroup(
      cgroup2_root.empty() ? -1 : ::open(cgroup2_root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::array<bool, kPrograms.size()> wanted{};
  for (size_t i = 0; i < kPrograms.size(); ++i) {
    out.states.push_back({kPrograms[i].purpose, false, ""});
    wanted[i] = kPrograms[i].hook != Hook::control_group || cgroup.valid();
    if (!wanted[i]) out.states[i].why_not = "no cgroup2 hierarchy is mounted";
  }
  PLIMSOLL_TRY(whole, open_with(wanted));
  out.object = std::move(whole);
  if (bpf_object__load(out.object.get()) != 0) {
    wanted = choose(wanted, out.states);
    PLIMSOLL_TRY(part, open_with(wanted));
    out.object = std::move(part);
    if (const int code = bpf_object__load(out.object.get()); code != 0) wanted = {};
  }
  std::string reasons;
  for (size_t i = 0; i < kPrograms.size(); ++i) {
    ProgramState& state = out.states[i];
    if (kPrograms[i].hook == Hook::given) {
      state.in_use = wanted[i];
      continue;
    }
    Link link = wanted[i] ? attach(out.object.get(), kPrograms[i], cgroup.get(), state.why_not) : nullptr;
    state.in_use = link != nullptr;
    if (link) out.links.push_back(std::move(link));
    if (!state.in_use) reasons += (reasons.empty() ? "" : "; ") + state.name + ": " + state.why_not;
  }
  if (out.links.empty()) return Error{ErrorKind::unsupported, reasons, {}, "run as root on Linux 5.8 or later"};
  return out;
}

}  // namespace plimsoll::network::bpf
