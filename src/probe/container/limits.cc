#include "probe/container/limits.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/text.h"

namespace plimsoll::probe {
namespace {

constexpr uint64_t kNone = UINT64_MAX;
constexpr uint64_t kV1Unlimited = 0x7ffffffffffff000;  // PAGE_COUNTER_MAX in bytes
constexpr int kMaxDepth = 64;

// The place where the host has the hierarchy mounted whole.
const system::Mount* hierarchy(const std::vector<system::Mount>& mounts, const std::string& controller) {
  for (const auto& mount : mounts) {
    const bool right = controller.empty() ? mount.fs_type == "cgroup2"
                                          : mount.fs_type == "cgroup" && mount.has_super_option(controller);
    if (right && mount.root == "/") return &mount;
  }
  return nullptr;
}

std::optional<std::string> group_path(const std::vector<system::CgroupLine>& lines, const std::string& controller) {
  for (const auto& line : lines) {
    const auto& names = line.controllers;
    const bool right =
        controller.empty() ? names.empty() : std::find(names.begin(), names.end(), controller) != names.end();
    if (right) return line.path;
  }
  return std::nullopt;
}

// A group directory and those above it, up to the hierarchy's top.
struct Chain {
  std::vector<std::string> directories;
  std::string unknown;
};

Chain chain_of(const View& view, const std::string& controller) {
  Chain out;
  const auto leaf = cgroup_directory(view, controller);
  if (!leaf.known()) {
    out.unknown = leaf.unknown;
    return out;
  }
  const auto* top = leaf.value->empty() ? nullptr : hierarchy(*view.host.mounts.value, controller);
  for (std::string at = *leaf.value; top && system::is_at_or_below(at, top->target);) {
    out.directories.push_back(at);
    if (at == top->target || out.directories.size() == kMaxDepth) break;
    at.resize(at.rfind('/'));
    if (at.empty()) break;
  }
  return out;
}

// The least of the values `read` finds along a chain. A file that is missing is no limit at that level: the top has
// none, and a controller may be off for a subtree.
template <class T>
class Least {
 public:
  explicit Least(T none) : value_(none) {}

  template <class Read>
  void along(const View& view, const std::string& controller, Read read) {
    const auto chain = chain_of(view, controller);
    if (!chain.unknown.empty()) unknown_ = chain.unknown;
    if (chain.directories.empty()) return;
    const auto leaf = view.machine.stat(chain.directories.front(), false);
    if (!leaf.ok()) {
      unknown_ = leaf.error().to_string();
      return;
    }
    looked_ = true;
    for (const auto& directory : chain.directories) take(read(directory), directory);
  }

  Fact<T> fact() const {
    if (!unknown_.empty()) return Fact<T>::missing(unknown_, source_);
    if (!looked_) return Fact<T>::missing("no control group hierarchy was found for it", source_);
    return Fact<T>::of(value_, source_.empty() ? "control groups: no limit at any level" : source_);
  }

 private:
  void take(const Result<std::optional<T>>& found, const std::string& directory) {
    if (!found.ok()) {
      if (found.error().kind != ErrorKind::not_found) unknown_ = found.error().to_string();
      return;
    }
    if (!*found || **found >= value_) return;
    value_ = **found;
    source_ = directory;
  }

  T value_;
  std::string source_, unknown_;
  bool looked_ = false;
};

Result<std::optional<uint64_t>> read_number(const View& view, const std::string& path) {
  PLIMSOLL_TRY(text, view.machine.read_file(path, 4096));
  const auto word = trim(text);
  if (word == "max" || word == "-1") return std::optional<uint64_t>();
  const auto value = parse_uint(word);
  if (!value) return Error{ErrorKind::malformed, "not a number: " + printable(word, 40), path};
  return *value >= kV1Unlimited ? std::optional<uint64_t>() : value;
}

Fact<uint64_t> number_limit(const View& view, const std::string& controller, const char* v1_file, const char* v2_file) {
  Least<uint64_t> least(kNone);
  least.along(view, controller, [&](const std::string& at) { return read_number(view, at + "/" + v1_file); });
  least.along(view, "", [&](const std::string& at) { return read_number(view, at + "/" + v2_file); });
  return least.fact();
}

constexpr double kNoCpuLimit = 1e18;

// "max 100000" or "50000 100000"
Result<std::optional<double>> read_cpu_max(const View& view, const std::string& directory) {
  PLIMSOLL_TRY(text, view.machine.read_file(directory + "/cpu.max", 4096));
  const auto words = split_words(text);
  if (words.size() == 2 && words[0] == "max") return std::optional<double>();
  const auto quota = words.size() == 2 ? parse_uint(words[0]) : std::nullopt;
  const auto period = words.size() == 2 ? parse_uint(words[1]) : std::nullopt;
  if (!quota || !period || *period == 0) return Error{ErrorKind::malformed, "not a CPU limit", directory + "/cpu.max"};
  return std::optional<double>(static_cast<double>(*quota) / static_cast<double>(*period));
}

Result<std::optional<double>> read_cfs_quota(const View& view, const std::string& directory) {
  PLIMSOLL_TRY(quota, read_number(view, directory + "/cpu.cfs_quota_us"));
  PLIMSOLL_TRY(period, read_number(view, directory + "/cpu.cfs_period_us"));
  if (!quota || !period || *period == 0) return std::optional<double>();
  return std::optional<double>(static_cast<double>(*quota) / static_cast<double>(*period));
}

// A cpuset of fewer CPUs than are online is a limit.
Result<std::optional<double>> read_cpuset(const View& view, const std::string& path) {
  PLIMSOLL_TRY(text, view.machine.read_file(path, 65'536));
  PLIMSOLL_TRY(online, view.machine.read_file("/sys/devices/system/cpu/online", 65'536));
  const auto own = system::count_cpus(text), all = system::count_cpus(online);
  if (!own || !all) return Error{ErrorKind::malformed, "not a list of CPUs", path};
  if (*own == 0 || *own >= *all) return std::optional<double>();
  return std::optional<double>(static_cast<double>(*own));
}

Fact<double> cpu_limit(const View& view) {
  Least<double> least(kNoCpuLimit);
  least.along(view, "cpu", [&](const std::string& at) { return read_cfs_quota(view, at); });
  least.along(view, "cpuset", [&](const std::string& at) { return read_cpuset(view, at + "/cpuset.cpus"); });
  least.along(view, "", [&](const std::string& at) { return read_cpu_max(view, at); });
  least.along(view, "", [&](const std::string& at) { return read_cpuset(view, at + "/cpuset.cpus"); });
  auto fact = least.fact();
  if (fact.known() && *fact.value >= kNoCpuLimit) fact.value = 0;
  return fact;
}

}  // namespace

Fact<std::string> cgroup_directory(const View& view, const std::string& controller) {
  const auto source = proc_path(view.first_pid(), "cgroup");
  const auto text = view.machine.read_file(source, size_t{1} << 20);
  if (!text.ok()) return Fact<std::string>::missing(text.error().to_string(), source);
  const auto path = group_path(system::parse_cgroup(*text), controller);
  if (!path) return Fact<std::string>::of("", source);
  if (!view.host.mounts.known()) return Fact<std::string>::missing(view.host.mounts.unknown, view.host.mounts.source);
  const auto* mount = hierarchy(*view.host.mounts.value, controller);
  if (!mount) {
    // The kernel has the hierarchy, the host does not mount it: nobody can have set a limit through it from here.
    return controller.empty()
               ? Fact<std::string>::of("", source)
               : Fact<std::string>::missing("the host does not mount the hierarchy " + controller, source);
  }
  if (!path->starts_with('/') || *path == "/.." || path->starts_with("/../")) {
    return Fact<std::string>::missing("the control group lies outside of what is seen from here", source);
  }
  return Fact<std::string>::of(*path == "/" ? mount->target : system::join_below(mount->target, *path), source);
}

Limits limits(const View& view) {
  Limits out;
  out.memory = number_limit(view, "memory", "memory.limit_in_bytes", "memory.max");
  out.pids = number_limit(view, "pids", "pids.max", "pids.max");
  out.cpu = cpu_limit(view);
  for (const auto* unknown : {&out.memory.unknown, &out.pids.unknown, &out.cpu.unknown}) {
    if (!unknown->empty()) view.gaps.add("limits", *unknown);
  }
  return out;
}

}  // namespace plimsoll::probe
