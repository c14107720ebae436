#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::system {

// A line of /etc/passwd (passwd(5)); ids that are no numbers are nothing.
struct User {
  std::string name, password;
  std::optional<uint64_t> uid, gid;
  std::string home, shell;
};

// A line of /etc/group (group(5)).
struct Group {
  std::string name;
  std::optional<uint64_t> gid;
  std::vector<std::string> members;
};

// Pure parsers, bounded by the lines of what they are given; lines that break the format are left out.
std::vector<User> parse_passwd(std::string_view text);
std::vector<Group> parse_group(std::string_view text);

// The first name of an id; the id in digits where it has none.
std::string name_of_user(const std::vector<User>& users, uint32_t uid);
std::string name_of_group(const std::vector<Group>& groups, uint32_t gid);

}  // namespace plimsoll::system
