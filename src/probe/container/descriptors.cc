#include "probe/container/descriptors.h"

#include <sys/stat.h>

#include <optional>
#include <unordered_set>

#include "base/text.h"

namespace plimsoll::probe {
namespace {

constexpr size_t kMaxDescriptors = 65'536;

std::optional<uint64_t> mount_id(std::string_view fdinfo) {
  for (const auto line : split(fdinfo, '\n')) {
    if (line.starts_with("mnt_id:")) return parse_uint(trim(line.substr(7)));
  }
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(const View& view) : view_(view) {}

  void look(const MountView& mounts, int pid) {
    std::unordered_set<uint64_t> ids;
    for (const auto& mount : mounts.mounts) ids.insert(mount.id);
    const auto names = view_.machine.list_directory(proc_path(pid, "fd"));
    if (!names.ok()) {
      if (names.error().kind != ErrorKind::not_found) fail(names.error());
      return;
    }
    for (size_t i = 0; i < names->size(); ++i) {
      if (i == kMaxDescriptors)
        return fail({ErrorKind::limit, "more descriptors than are looked at", proc_path(pid, "fd")});
      descriptor(ids, pid, (*names)[i]);
    }
    working_directory(pid, "cwd");
    working_directory(pid, "root");
  }

  Descriptors take() {
    out_.sockets_complete = unknown_.empty();
    const std::string source = "descriptors of its processes";
    if (!leak_.empty()) {
      out_.host_directory = Fact<bool>::of(true, leak_);
    } else if (!unknown_.empty()) {
      out_.host_directory = Fact<bool>::missing(unknown_, source);
    } else {
      out_.host_directory = Fact<bool>::of(false, source);
    }
    return std::move(out_);
  }

 private:
  void fail(const Error& error) {
    unknown_ = error.to_string();
    view_.gaps.add("open descriptors", error);
  }

  void descriptor(const std::unordered_set<uint64_t>& ids, int pid, const std::string& name) {
    const auto path = proc_path(pid, "fd/" + name);
    const auto link = view_.machine.read_link(path);
    if (!link.ok()) return;  // closed meanwhile
    if (const auto inode = system::parse_link_inode(*link, "socket")) out_.sockets.try_emplace(*inode, pid);
    if (!link->starts_with('/') && !link->starts_with('(')) return;
    const auto info = view_.machine.read_file(proc_path(pid, "fdinfo/" + name), 65'536);
    const auto id = info.ok() ? mount_id(*info) : std::nullopt;
    if (!id || ids.contains(*id)) return;
    // Only now a stat: on a mount of its own it could hang, on none of its own it is a handle from outside.
    const auto stat = view_.machine.stat(path, true);
    if (stat.ok() && S_ISDIR(stat->mode)) leak_ = path + " -> " + *link;
  }

  void working_directory(int pid, const char* name) {
    const auto link = view_.machine.read_link(proc_path(pid, name));
    if (link.ok() && link->starts_with("(unreachable)")) leak_ = proc_path(pid, name) + " -> " + *link;
  }

  const View& view_;
  Descriptors out_;
  std::string leak_, unknown_;
};

}  // namespace

Descriptors read_descriptors(const View& view) {
  Reader reader(view);
  for (const auto& mounts : view.mount_views) {
    for (const size_t member : mounts.members) reader.look(mounts, view.processes[member].pid());
  }
  auto out = reader.take();
  if (view.mount_views.empty() || !view.mounts_unknown.empty()) {
    out.sockets_complete = false;
    if (!out.host_directory.is(true)) out.host_directory = Fact<bool>::missing(view.mounts_unknown, "mountinfo");
  }
  return out;
}

}  // namespace plimsoll::probe
