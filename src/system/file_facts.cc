#include "system/file_facts.h"

#include <sys/stat.h>

#include <algorithm>

#include "system/paths.h"

namespace plimsoll::system {
namespace {

std::string_view type_name(uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "file";
    case S_IFDIR:
      return "directory";
    case S_IFLNK:
      return "link";
    case S_IFSOCK:
      return "socket";
    case S_IFCHR:
    case S_IFBLK:
      return "device";
    default:
      return "other";
  }
}

bool lets_others_in(const FileStat& directory, uint32_t owner) {
  if ((directory.mode & S_ISVTX) != 0) return false;
  if ((directory.mode & 0002) != 0 || ((directory.mode & 0020) != 0 && directory.gid != 0)) return true;
  return directory.uid != 0 && directory.uid != owner;
}

std::string exposing_directory(const Machine& machine, const std::string& root, const std::string& path,
                               uint32_t owner) {
  for (std::string at = path; at != "/" && !at.empty();) {
    at = parent_directory(at);
    const auto stat = machine.stat(root + at, true);
    if (stat.ok() && lets_others_in(*stat, owner)) return at;
  }
  return {};
}

}  // namespace

FactTree describe_file(const Machine& machine, const std::vector<User>& users, const std::vector<Group>& groups,
                       const std::string& path, const std::string& root) {
  const std::string target = resolve(machine, path, root);
  // The kernel follows links of the host better than we do; those of another root it would lead out of it.
  const auto stat = root.empty() ? machine.stat(path, true) : machine.stat(root + target, false);
  if (!stat.ok()) {
    if (stat.error().kind != ErrorKind::not_found) return FactTree::unknown_because(stat.error().message, root + path);
    FactTree absent;
    absent.source = root + path;
    return absent;
  }
  std::map<std::string, FactTree> out = {
      {"path", FactTree::of(path)},
      {"type", FactTree::of(std::string(type_name(stat->mode)))},
      {"mode", FactTree::of(int64_t{stat->mode & 07777})},
      {"uid", FactTree::of(int64_t{stat->uid})},
      {"gid", FactTree::of(int64_t{stat->gid})},
      {"user", FactTree::of(name_of_user(users, stat->uid))},
      {"group", FactTree::of(name_of_group(groups, stat->gid))},
      {"size", FactTree::of(static_cast<int64_t>(std::min<uint64_t>(stat->size, INT64_MAX)))},
      {"modified", FactTree::of(stat->modified)}};
  std::string exposing = exposing_directory(machine, root, path, stat->uid);
  if (target != path) {
    out["target"] = FactTree::of(target);
    // What is above the link decides as well as what is above its target.
    if (exposing.empty()) exposing = exposing_directory(machine, root, target, stat->uid);
  }
  if (!exposing.empty()) out["exposed_by"] = FactTree::of(std::move(exposing));
  return FactTree::map_of(std::move(out), root + path);
}

}  // namespace plimsoll::system
