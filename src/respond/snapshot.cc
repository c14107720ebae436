#include "respond/snapshot.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>

#include "base/file.h"
#include "base/sha256.h"
#include "base/text.h"
#include "runtime/cgroup_names.h"
#include "runtime/json_reply.h"
#include "system/errno_error.h"
#include "wire/json_writer.h"

namespace plimsoll::respond {
namespace {

using Clock = std::chrono::steady_clock;
using wire::JsonWriter;

constexpr size_t most_files = 2000, most_processes = 2000, most_descriptors = 20'000;
constexpr uint64_t most_hashed = uint64_t{256} << 20;  // bytes, of all files together
constexpr std::chrono::seconds most_time{5};

// A file of the container, never one outside of its root whatever its links say; never waits on a pipe or a device.
system::Descriptor open_inside(int root, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return system::Descriptor(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

// Its hash, or why there is none.
std::string hash_of(int root, const std::string& path, uint64_t& budget, Clock::time_point end, std::string& why) {
  const system::Descriptor file = open_inside(root, path);
  struct stat status{};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return why = "cannot be opened", "";
  if (!S_ISREG(status.st_mode)) return why = "no regular file", "";
  Sha256 hash;
  std::string buffer(size_t{1} << 16, '\0');
  for (;;) {
    if (budget < buffer.size() || Clock::now() > end) return why = "left out: too much to read", "";
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return why = "cannot be read", "";
    if (got == 0) return hash.hex();
    hash.update({buffer.data(), static_cast<size_t>(got)});
    budget -= static_cast<uint64_t>(got);
  }
}

// Of GET /containers/ID/changes: paths that were changed (0) or added (1).
std::vector<std::string> changed_paths(std::string_view body, bool& cut) {
  std::vector<std::string> out;
  const auto reply = runtime::JsonReply::parse(body, "GET /containers/ID/changes");
  if (!reply.ok()) return out;
  const auto list = runtime::array_at(reply->root(), {});
  if (!list) return out;
  for (const runtime::Json item : *list) {
    const auto path = runtime::text_at(item, {"Path"});
    if (!path || runtime::whole_at(item, {"Kind"}) == 2) continue;
    if (out.size() >= most_files) return cut = true, out;
    out.push_back(*path);
  }
  return out;
}

std::string hashes(const Target& target, std::string_view changes, bool& cut) {
  const std::string path = "/proc/" + std::to_string(target.state.pid) + "/root";
  const system::Descriptor root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  uint64_t budget = most_hashed;
  const auto end = Clock::now() + most_time;
  JsonWriter out;
  out.begin_array();
  for (const std::string& file : changed_paths(changes, cut)) {
    std::string why;
    const std::string hash = root.valid() ? hash_of(root.get(), file, budget, end, why) : "";
    if (hash.empty() && why == "no regular file") continue;
    out.begin_object().member("path", file);
    if (hash.empty())
      out.member("unknown", root.valid() ? why : "the container does not run");
    else
      out.member("sha256", hash);
    out.end_object();
  }
  out.end_array();
  return std::move(out).take() + "\n";
}

std::vector<std::string> processes_of(const system::Machine& machine, const Target& target) {
  const auto cgroups_of = [&](const std::string& pid) {
    return machine.read_file("/proc/" + pid + "/cgroup", size_t{64} << 10).value_or("");
  };
  // A cgroup that does not name the container is its own nevertheless, where it is not the host's.
  std::string own = target.state.pid == 0 ? "" : cgroups_of(std::to_string(target.state.pid));
  if (own == cgroups_of("1")) own.clear();
  std::vector<std::string> out;
  for (const std::string& name : machine.list_directory("/proc").value_or({})) {
    if (name.empty() || name[0] < '0' || name[0] > '9' || out.size() >= most_processes) continue;
    const std::string text = cgroups_of(name);
    const auto container = runtime::container_of_cgroup_file(text);
    const bool named = container && container->id == target.state.id.value;
    if (named || (!own.empty() && text == own)) out.push_back(name);
  }
  return out;
}

std::string open_files(const system::Machine& machine, const std::vector<std::string>& pids) {
  size_t left = most_descriptors;
  JsonWriter out;
  out.begin_array();
  for (const std::string& pid : pids) {
    out.begin_object().member("pid", pid);
    out.member("exe", machine.read_link("/proc/" + pid + "/exe").value_or("")).key("files").begin_array();
    for (const std::string& fd : machine.list_directory("/proc/" + pid + "/fd").value_or({})) {
      if (left == 0) break;
      --left;
      out.begin_object().member("fd", fd);
      out.member("to", machine.read_link("/proc/" + pid + "/fd/" + fd).value_or("")).end_object();
    }
    out.end_array().end_object();
  }
  out.end_array();
  return std::move(out).take() + "\n";
}

// The kernel's own tables (proc(5)), as they are.
std::string connections(const system::Machine& machine, const Target& target) {
  JsonWriter out;
  out.begin_object();
  for (const char* table : {"tcp", "tcp6", "udp", "udp6", "raw", "unix"}) {
    const std::string path = "/proc/" + std::to_string(target.state.pid) + "/net/" + table;
    out.key(table).begin_array();
    const Result<std::string> text = machine.read_file(path, size_t{4} << 20);
    if (text.ok()) {
      for (const std::string_view line : split(*text, '\n')) {
        if (!line.empty()) out.value(line);
      }
    }
    out.end_array();
  }
  out.end_object();
  return std::move(out).take() + "\n";
}

}  // namespace

Result<std::string> take_snapshot(const system::Machine& machine, const Target& target, const std::string& directory) {
  std::error_code fault;
  std::filesystem::create_directories(directory, fault);
  if (fault || ::chmod(directory.c_str(), 0700) != 0) return system::errno_error(errno, "make", directory);
  std::vector<std::string> gaps;
  int kept = 0;
  const auto keep = [&](const std::string& name, const Result<std::string>& text) {
    const Status done = text.ok() ? write_file_atomically(directory + "/" + name, *text, 0600) : Status(text.error());
    if (done.ok())
      ++kept;
    else
      gaps.push_back(name + ": " + done.error().message);
  };
  const std::string& id = target.state.id.value;
  const std::vector<std::string> pids = processes_of(machine, target);
  keep("open-files.json", open_files(machine, pids));
  if (target.state.pid != 0) keep("connections.json", connections(machine, target));
  keep("processes.json", target.engine->processes(id));
  keep("container.json", target.engine->description(id));
  const Result<std::string> changes = target.engine->changes(id);
  keep("changes.json", changes);
  bool cut = false;
  if (changes.ok()) keep("hashes.json", hashes(target, *changes, cut));
  if (cut) gaps.push_back("hashes.json: of the first " + std::to_string(most_files) + " changed files only");
  if (kept == 0) return Error{ErrorKind::unreachable, "nothing could be kept: " + join(gaps, "; "), directory};
  return std::to_string(kept) + " files in " + directory + (gaps.empty() ? "" : "; not kept: " + join(gaps, "; "));
}

}  // namespace plimsoll::respond
