#include "system/accounts.h"

#include "base/text.h"

namespace plimsoll::system {
namespace {

std::optional<uint64_t> parse_id(std::string_view text) {
  text = trim(text);
  if (text.starts_with("+")) text.remove_prefix(1);  // strtoul takes it, and so does the C library
  return parse_uint(text);
}

}  // namespace

std::vector<User> parse_passwd(std::string_view text) {
  std::vector<User> out;
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (line.empty() || line.front() == '#' || (fields.size() < 7 && line.front() != '+')) continue;
    User user;
    user.name = fields[0];
    if (fields.size() >= 7) {
      user.password = fields[1];
      user.uid = parse_id(fields[2]);
      user.gid = parse_id(fields[3]);
      user.home = fields[5];
      user.shell = trim(fields[6]);
    }
    out.push_back(std::move(user));
  }
  return out;
}

std::vector<Group> parse_group(std::string_view text) {
  std::vector<Group> out;
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 4 || line.front() == '#') continue;
    Group group;
    group.name = fields[0];
    group.gid = parse_id(fields[2]);
    for (const std::string_view member : split(trim(fields[3]), ',')) {
      if (!trim(member).empty()) group.members.emplace_back(trim(member));
    }
    out.push_back(std::move(group));
  }
  return out;
}

std::string name_of_user(const std::vector<User>& users, uint32_t uid) {
  for (const User& user : users) {
    if (user.uid == uid) return user.name;
  }
  return std::to_string(uid);
}

std::string name_of_group(const std::vector<Group>& groups, uint32_t gid) {
  for (const Group& group : groups) {
    if (group.gid == gid) return group.name;
  }
  return std::to_string(gid);
}

}  // namespace plimsoll::system
