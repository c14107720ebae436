#include "rootfs/directory_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "rootfs/filesystem_kind.h"
#include "rootfs/guarded_open.h"
#include "rootfs/local_file.h"
#include "rootfs/parallel.h"

namespace plimsoll::rootfs {
namespace {

// The record of getdents64(2); glibc has no name for it.
struct DirectoryRecord {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  unsigned char type;
  char name[1];
};
constexpr size_t name_at = offsetof(DirectoryRecord, name);

constexpr std::string_view remedy_for(int code) {
  return code == EACCES || code == EPERM ? "run as root" : std::string_view();
}

bool is_dot(const char* name) { return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)); }

EntryType type_of(mode_t mode) {
  if (S_ISREG(mode)) return EntryType::file;
  if (S_ISDIR(mode)) return EntryType::directory;
  if (S_ISLNK(mode)) return EntryType::symlink;
  return EntryType::other;
}

EntryType type_of(unsigned char type) {
  switch (type) {
    case DT_REG:
      return EntryType::file;
    case DT_DIR:
      return EntryType::directory;
    case DT_LNK:
      return EntryType::symlink;
    default:
      return EntryType::other;
  }
}

}  // namespace

struct DirectoryWalk::Desk {
  std::vector<char> records = std::vector<char>(size_t{32} << 10);
  std::vector<Task> found;
  std::string path;   // of the entry in hand
  size_t prefix = 0;  // length of its directory's part, with the slash
  bool needs_mode = false;
  uint64_t entries = 0;
};

DirectoryWalk::DirectoryWalk(int root, const std::set<std::string, std::less<>>& skip, const Bounds& bounds,
                             Visitor& visitor)
    : root_(root), skip_(skip), bounds_(bounds), visitor_(visitor) {}

WalkReport DirectoryWalk::run() {
  tasks_.push_back({});
  run_on_threads(std::max(1U, bounds_.threads), [this] { work(); });
  if (full_) omissions_.add("trees", "rest of the file tree", fmt::format("more than {} names", bounds_.entries));
  return {entries_, omissions_.list()};
}

void DirectoryWalk::work() {
  Desk desk;
  Task task;
  try {
    while (take(task)) {
      read_directory(task, desk);
      give(desk.found);
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    stopped_ = true;  // the other threads would wait for this one for ever
    changed_.notify_all();
    throw;
  }
}

bool DirectoryWalk::take(Task& task) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !tasks_.empty() || busy_ == 0 || stopped_; });
  if (tasks_.empty() || stopped_) return false;
  task = std::move(tasks_.back());
  tasks_.pop_back();
  ++busy_;
  return true;
}

void DirectoryWalk::give(std::vector<Task>& found) {
  const std::lock_guard lock(mutex_);
  --busy_;
  for (Task& task : found) tasks_.push_back(std::move(task));
  if (found.size() > 1 || busy_ == 0) changed_.notify_all();
  found.clear();
}

void DirectoryWalk::read_directory(const Task& task, Desk& desk) {
  if (full_) return;
  const Opened opened = open_directory_below(root_, task.path);
  if (!opened.file.ok()) {
    if (opened.code == ENOENT) return;  // removed since its name was read: nothing is left to assess
    omissions_.add("directories", "directory " + task.path, std::strerror(opened.code), remedy_for(opened.code));
    return;
  }
  const auto place = enter(opened.file.get(), task);
  if (!place) return;
  desk.needs_mode = visitor_.needs_mode(task.path);
  desk.entries = 0;
  show_entries(opened.file.get(), task, place, desk);
  if (entries_.fetch_add(desk.entries) + desk.entries >= bounds_.entries) full_ = true;
}

std::shared_ptr<const DirectoryWalk::Place> DirectoryWalk::enter(int directory, const Task& task) {
  struct stat status{};
  if (::fstat(directory, &status) != 0) {
    omissions_.add("directories", "directory " + task.path, std::strerror(errno));
    return nullptr;
  }
  const Place* above = task.above.get();
  if (above && above->device != status.st_dev) {
    struct statfs mounted{};
    Filesystem filesystem;
    if (::fstatfs(directory, &mounted) == 0) filesystem = filesystem_of(static_cast<uint32_t>(mounted.f_type));
    if (filesystem.kind == FilesystemKind::pseudo) return nullptr;
    if (filesystem.kind == FilesystemKind::network) {
      omissions_.add("directories", "directory " + task.path,
                     fmt::format("a {} file system, network file systems are not entered", filesystem.name),
                     "scan it on the machine that holds it, or name it as rootfs:DIR");
      return nullptr;
    }
  }
  for (const Place* at = above; at; at = at->above.get()) {
    if (at->device == status.st_dev && at->inode == status.st_ino)
      return nullptr;  // a circle: all of it is seen already
  }
  const size_t depth = above ? above->depth + 1 : 0;
  if (depth > bounds_.depth) {
    omissions_.add("directories", "directory " + task.path,
                   fmt::format("more than {} directories deep", bounds_.depth));
    return nullptr;
  }
  return std::make_shared<const Place>(Place{task.above, status.st_dev, status.st_ino, depth});
}

void DirectoryWalk::show_entries(int directory, const Task& task, const std::shared_ptr<const Place>& place,
                                 Desk& desk) {
  desk.path = task.path;
  if (!desk.path.empty()) desk.path += '/';
  desk.prefix = desk.path.size();
  const uint64_t before = entries_;
  while (true) {
    const long got = ::syscall(SYS_getdents64, directory, desk.records.data(), desk.records.size());
    if (got < 0) omissions_.add("directories", "directory " + task.path, std::strerror(errno), remedy_for(errno));
    if (got <= 0) return;
    for (long at = 0; at < got;) {
      const char* record = desk.records.data() + at;
      uint16_t length = 0;
      std::memcpy(&length, record + offsetof(DirectoryRecord, length), sizeof length);
      const auto type = static_cast<unsigned char>(record[offsetof(DirectoryRecord, type)]);
      at += length;
      if (is_dot(record + name_at)) continue;
      if (before + desk.entries >= bounds_.entries) return;
      ++desk.entries;
      show(directory, record + name_at, type, place, desk);
    }
  }
}

void DirectoryWalk::show(int directory, const char* name, unsigned char type, const std::shared_ptr<const Place>& place,
                         Desk& desk) {
  desk.path.resize(desk.prefix);
  desk.path += name;
  Entry entry{.path = desk.path, .type = type_of(type), .link_target = {}};
  if (type == DT_UNKNOWN || (type == DT_REG && desk.needs_mode)) {
    if (!learn_mode(directory, name, entry)) return;
  }
  if (entry.type == EntryType::directory) {
    if (skip_.contains(entry.path)) return;
    desk.found.push_back({desk.path, place});
  }
  if (!visitor_.wants(entry) || entry.type != EntryType::file) return;
  if (entry.mode == 0 && entry.size == 0) {  // wanted by its name: now by what it is
    if (!learn_mode(directory, name, entry) || entry.type != EntryType::file || !visitor_.wants(entry)) return;
  }
  show_file(directory, name, entry);
}

// Fills in type, size and mode; false when the file is gone or cannot be looked at, which is then noted.
bool DirectoryWalk::learn_mode(int directory, const char* name, Entry& entry) {
  struct stat status{};
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
    if (errno != ENOENT) omissions_.add("files", entry.path, std::strerror(errno), remedy_for(errno));
    return false;
  }
  entry.type = type_of(status.st_mode);
  entry.size = entry.type == EntryType::file ? static_cast<uint64_t>(status.st_size) : 0;
  entry.mode = status.st_mode & 07777;
  return true;
}

void DirectoryWalk::show_file(int directory, const char* name, Entry& entry) {
  struct stat status{};
  const Opened opened = open_regular_below(directory, name, Links::refuse, status);
  if (!opened.file.ok()) {
    if (opened.code == ENOENT) return;
    const bool replaced = opened.code == EINVAL || opened.code == ELOOP;
    omissions_.add("files", entry.path,
                   replaced ? "something else took its place while it was looked at" : std::strerror(opened.code),
                   remedy_for(opened.code));
    return;
  }
  entry.size = static_cast<uint64_t>(status.st_size);
  entry.mode = status.st_mode & 07777;
  LocalFile file(opened.file.get(), 0, entry.size);
  visitor_.visit(entry, file);
}

}  // namespace plimsoll::rootfs
