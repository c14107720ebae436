#include "runtime/cgroup_names.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "system/proc_status.h"

namespace plimsoll::runtime {
namespace {

constexpr size_t id_length = 64;

// A component that carries its runtime's name: PREFIX + 64 digits, as a systemd scope or a plain directory. What
// keeps watch beside the container (libpod-conmon-ID, crio-conmon-ID) has a word between and does not match.
struct Prefix {
  std::string_view text, runtime;
};
constexpr std::array prefixes = {
    Prefix{"docker-", "docker"},
    Prefix{"libpod-", "podman"},
    Prefix{"libpod-payload-", "podman"},
    Prefix{"crio-", "cri-o"},
    Prefix{"cri-containerd-", "containerd"},
    Prefix{"nerdctl-", "containerd"},
};

// A bare 64-digit component, by what stands above it.
struct Parent {
  std::string_view text, runtime;
  bool prefix;  // the parent only begins so
};
constexpr std::array parents = {
    Parent{"docker", "docker", false},      Parent{"libpod_parent", "podman", false},
    Parent{"pod", "kubernetes", true},      Parent{"kubepods", "kubernetes", true},
    Parent{"moby", "containerd", false},    Parent{"k8s.io", "containerd", false},
    Parent{"default", "containerd", false}, Parent{"buildkit", "buildkit", false},
};

std::string_view without_scope(std::string_view part) {
  constexpr std::string_view scope = ".scope";
  return part.ends_with(scope) ? part.substr(0, part.size() - scope.size()) : part;
}

std::string_view runtime_by_parent(std::string_view parent) {
  for (const Parent& row : parents) {
    if (row.prefix ? parent.starts_with(row.text) : parent == row.text) return row.runtime;
  }
  return "unmanaged";  // a 64-digit name is no accident, but who made it is not known
}

struct Found {
  std::string_view runtime, id;
};

// Containers that go by a name: LXC, systemd-nspawn. Virtual machines of libvirt stand in machine.slice as well.
std::optional<Found> named(std::string_view part, std::string_view parent) {
  constexpr std::string_view payload = "lxc.payload.", machine = "machine-", nspawn = "systemd-nspawn@",
                             service = ".service";
  if (part.starts_with(payload) && part.size() > payload.size()) return Found{"lxc", part.substr(payload.size())};
  if (parent == "lxc.payload" || parent == "lxc") return Found{"lxc", part};
  if (parent != "machine.slice") return std::nullopt;
  if (part.starts_with(machine) && part.ends_with(".scope") && !part.starts_with("machine-qemu")) {
    return Found{"systemd-nspawn", without_scope(part).substr(machine.size())};
  }
  if (part.starts_with(nspawn) && part.ends_with(service)) {
    return Found{"systemd-nspawn", part.substr(nspawn.size(), part.size() - nspawn.size() - service.size())};
  }
  return std::nullopt;
}

std::optional<Found> container_of(std::string_view part, std::string_view parent, size_t depth) {
  const std::string_view bare = without_scope(part);
  for (const Prefix& row : prefixes) {
    if (bare.starts_with(row.text) && is_container_id(bare.substr(row.text.size())))
      return Found{row.runtime, bare.substr(row.text.size())};
  }
  if (is_container_id(bare)) return Found{runtime_by_parent(parent), bare};
  // /<containerd namespace>/<name>, as `ctr run` makes it.
  if (depth == 1 && (parent == "default" || parent == "k8s.io")) return Found{"containerd", part};
  return named(part, parent);
}

}  // namespace

bool is_container_id(std::string_view text) {
  return text.size() == id_length &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<CgroupName> container_of_cgroup(std::string_view path) {
  std::optional<CgroupName> innermost;
  std::string_view parent;
  size_t begin = 0, depth = 0;
  while (begin < path.size()) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (!part.empty()) {
      if (const auto found = container_of(part, parent, depth); found && !found->id.empty()) {
        innermost = CgroupName{std::string(found->runtime), std::string(found->id), std::string(path.substr(0, end))};
      }
      parent = part;
      ++depth;
    }
    begin = end + 1;
  }
  return innermost;
}

std::optional<CgroupName> container_of_cgroup_file(std::string_view text) {
  for (const system::CgroupLine& line : system::parse_cgroup(text)) {
    if (auto found = container_of_cgroup(line.path)) return found;
  }
  return std::nullopt;
}

}  // namespace plimsoll::runtime
