#include "system/files.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "system/file_facts.h"
#include "system/paths.h"

namespace plimsoll::system {
namespace {

constexpr size_t kMaxFiles = 4096;
constexpr size_t kMaxText = size_t{4} << 20;

}  // namespace

Files::Files(const Machine& machine, std::string root) : machine_(machine), root_(std::move(root)) {
  const auto passwd = read("/etc/passwd", kMaxText), group = read("/etc/group", kMaxText);
  if (!passwd.ok()) unknown_ = passwd.error().to_string();
  if (!group.ok()) unknown_ = group.error().to_string();
  if (passwd.ok()) users_ = parse_passwd(*passwd);
  if (group.ok()) groups_ = parse_group(*group);
}

Result<std::string> Files::read(const std::string& path, size_t limit) const {
  return machine_.read_file(root_ + resolve(path), limit);
}

Result<std::vector<std::string>> Files::list(const std::string& path, size_t limit) const {
  return machine_.list_directory(root_ + resolve(path), limit);
}

std::string Files::resolve(const std::string& path) const { return system::resolve(machine_, path, root_); }

FactTree Files::describe(const std::string& path) const {
  return describe_file(machine_, users_, groups_, path, root_);
}

FactTree Files::named_by(const FactTree& setting) const {
  if (setting.kind == FactTree::Kind::unknown) return setting;
  return setting.kind == FactTree::Kind::text && setting.text.starts_with('/') ? describe(setting.text) : FactTree{};
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
  const auto user = std::find_if(users_.begin(), users_.end(), [&](const User& u) { return u.uid == uid; });
  return user == users_.end() ? "" : user->home;
}

std::vector<std::string> Files::homes() const {
  std::set<std::string> out;
  for (const User& user : users_) {
    if (user.home.starts_with('/') && user.home != "/") out.insert(user.home);
  }
  return {out.begin(), out.end()};
}

FactTree Files::members_of(const std::string& group) const {
  if (!unknown_.empty()) return FactTree::unknown_because(unknown_, "/etc/group");
  const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) { return g.name == group; });
  if (found == groups_.end()) return {};
  std::set<std::string> names(found->members.begin(), found->members.end());
  for (const User& user : users_) {
    if (found->gid && user.gid == found->gid) names.insert(user.name);
  }
  std::vector<FactTree> members;
  for (const std::string& name : names) members.push_back(FactTree::of(name));
  return FactTree::list_of(std::move(members), "/etc/group");
}

}  // namespace plimsoll::system
