#include "system/files.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/text.h"

namespace plimsoll::system {
namespace {

using Members = std::map<std::string, FactTree>;

constexpr size_t kMaxFiles = 4096;
constexpr size_t kMaxText = size_t{4} << 20;

const char* type_of(uint32_t mode) {
  if (S_ISREG(mode)) return "file";
  if (S_ISDIR(mode)) return "directory";
  if (S_ISSOCK(mode)) return "socket";
  if (S_ISLNK(mode)) return "link";
  return "special";
}

std::string parent_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

}  // namespace

Files::Files(const Machine& machine, std::string root) : machine_(machine), root_(std::move(root)) {
  const auto passwd = read("/etc/passwd", kMaxText), group = read("/etc/group", kMaxText);
  if (!passwd.ok()) unknown_ = passwd.error().to_string();
  if (!group.ok()) unknown_ = group.error().to_string();
  for (const auto line : split(passwd.ok() ? std::string_view(*passwd) : std::string_view(), '\n')) {
    const auto parts = split(line, ':');
    const auto uid = parts.size() > 3 ? parse_uint(parts[2]) : std::nullopt;
    const auto gid = uid ? parse_uint(parts[3]) : std::nullopt;
    if (uid && gid && *uid <= UINT32_MAX && *gid <= UINT32_MAX) {
      users_.emplace(
          static_cast<uint32_t>(*uid),
          Account{std::string(parts[0]), std::string(parts.size() > 5 ? parts[5] : ""), static_cast<uint32_t>(*gid)});
    }
  }
  for (const auto line : split(group.ok() ? std::string_view(*group) : std::string_view(), '\n')) {
    const auto parts = split(line, ':');
    const auto gid = parts.size() > 3 ? parse_uint(parts[2]) : std::nullopt;
    if (!gid || *gid > UINT32_MAX) continue;
    groups_.emplace(static_cast<uint32_t>(*gid), parts[0]);
    members_[std::string(parts[0])] = {static_cast<uint32_t>(*gid), std::string(trim(parts[3]))};
  }
}

Result<std::string> Files::read(const std::string& path, size_t limit) const {
  return machine_.read_file(root_ + resolve(path), limit);
}

Result<std::vector<std::string>> Files::list(const std::string& path, size_t limit) const {
  return machine_.list_directory(root_ + resolve(path), limit);
}

std::string Files::resolve(const std::string& path) const {
  std::string done, rest = path;
  for (int links = 0; links < 40;) {
    const size_t start = rest.find_first_not_of('/');
    if (start == std::string::npos) return done.empty() ? "/" : done;
    const size_t end = std::min(rest.find('/', start), rest.size());
    const std::string part = rest.substr(start, end - start);
    rest = rest.substr(end);
    if (part == ".") continue;
    if (part == "..") {
      done.resize(done.empty() ? 0 : done.rfind('/'));
      continue;
    }
    const auto target = machine_.read_link(root_ + done + "/" + part);
    if (!target.ok()) {
      done += "/" + part;
      continue;
    }
    ++links;
    if (target->starts_with('/')) done.clear();
    rest = *target + rest;
  }
  return path;
}

std::string Files::exposed_by(const std::string& path) const {
  for (std::string directory = parent_of(path);; directory = parent_of(directory)) {
    const auto stat = machine_.stat(root_ + directory, true);
    if (stat.ok()) {
      const bool others = (stat->mode & S_IWOTH) != 0 && (stat->mode & S_ISVTX) == 0;
      const bool group = (stat->mode & S_IWGRP) != 0 && stat->gid != 0 && (stat->mode & S_ISVTX) == 0;
      if (others || group || stat->uid != 0) return directory;
    }
    if (directory == "/") return "";
  }
}

FactTree Files::describe(const std::string& path) const {
  const std::string real = resolve(path);
  const auto stat = machine_.stat(root_ + real, false);
  if (!stat.ok()) {
    if (stat.error().kind == ErrorKind::not_found) return {};
    return FactTree::unknown_because(stat.error().message, path);
  }
  const auto user = users_.find(stat->uid);
  const auto group = groups_.find(stat->gid);
  Members file;
  file["path"] = FactTree::of(real);
  file["type"] = FactTree::of(type_of(stat->mode));
  file["mode"] = FactTree::of(static_cast<int64_t>(stat->mode & 07777));
  file["uid"] = FactTree::of(static_cast<int64_t>(stat->uid));
  file["gid"] = FactTree::of(static_cast<int64_t>(stat->gid));
  file["user"] = FactTree::of(user == users_.end() ? std::to_string(stat->uid) : user->second.name);
  file["group"] = FactTree::of(group == groups_.end() ? std::to_string(stat->gid) : group->second);
  file["size"] = FactTree::of(static_cast<int64_t>(stat->size));
  if (auto exposed = exposed_by(real); !exposed.empty()) file["exposed_by"] = FactTree::of(std::move(exposed));
  return FactTree::map_of(std::move(file), root_ + path);
}

FactTree Files::first_of(const std::vector<std::string>& paths) const {
  for (const std::string& path : paths) {
    FactTree file = describe(path);
    if (file.kind != FactTree::Kind::absent) return file;
  }
  return {};
}

void Files::collect(const std::string& directory, const std::string& suffix, int depth,
                    std::vector<FactTree>& out) const {
  const auto names = machine_.list_directory(root_ + directory, kMaxFiles);
  if (!names.ok()) {
    if (names.error().kind != ErrorKind::not_found) {
      out.push_back(FactTree::unknown_because(names.error().message, directory));
    }
    return;
  }
  for (const std::string& name : *names) {
    if (out.size() >= kMaxFiles) return;
    const std::string path = directory + "/" + name;
    const auto stat = machine_.stat(root_ + path, false);
    if (stat.ok() && S_ISDIR(stat->mode) && depth > 0) collect(path, suffix, depth - 1, out);
    if (name.ends_with(suffix) && (!stat.ok() || !S_ISDIR(stat->mode))) out.push_back(describe(path));
  }
}

FactTree Files::below(const std::string& directory, const std::string& suffix, int depth) const {
  std::vector<FactTree> out;
  collect(resolve(directory), suffix, depth, out);
  return FactTree::list_of(std::move(out), directory);
}

std::string Files::home_of(uint32_t uid) const {
  const auto user = users_.find(uid);
  return user == users_.end() ? "" : user->second.home;
}

std::vector<std::string> Files::homes() const {
  std::vector<std::string> out;
  for (const auto& [uid, account] : users_) {
    if (account.home.starts_with('/') && account.home != "/") out.push_back(account.home);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

FactTree Files::members_of(const std::string& group) const {
  if (!unknown_.empty()) return FactTree::unknown_because(unknown_, "/etc/group");
  const auto found = members_.find(group);
  if (found == members_.end()) return {};
  std::vector<std::string> names;
  for (const auto name : split(found->second.second, ',')) {
    if (!trim(name).empty()) names.emplace_back(trim(name));
  }
  for (const auto& [uid, account] : users_) {
    if (account.group == found->second.first) names.push_back(account.name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<FactTree> members;
  for (std::string& name : names) members.push_back(FactTree::of(std::move(name)));
  return FactTree::list_of(std::move(members), "/etc/group");
}

}  // namespace plimsoll::system
