#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plimsoll::probe::settings {

// One command that somebody may run through sudo, aliases expanded.
struct SudoGrant {
  std::string who;      // "alice", "%wheel", "#1000", "ALL"
  std::string runas;    // "ALL", "root", ...; "root" when none is named
  std::string command;  // "ALL", "/usr/bin/docker ps"
  bool password = true;
  bool negated_neighbour = false;  // a `!command` stands in the same list: it never protects
  std::string source;              // "/etc/sudoers:12"
};

struct SudoDefault {
  std::string scope;  // empty: everybody; ":alice", "@host", "!command", ">runas"
  std::string name, value;
  bool negated = false;
  std::string source;
};

struct Sudoers {
  std::vector<SudoGrant> grants;
  std::vector<SudoDefault> defaults;
  std::vector<std::string> unknown;  // parts that could not be read or understood, with the reason
};

// What an include needs of the outside: a file's content, a directory's names.
struct SudoersSource {
  std::function<Result<std::string>(const std::string& path)> read;
  std::function<Result<std::vector<std::string>>(const std::string& path)> list;
};

// sudoers(5). Bounded: includes 16 deep, 1000 files, 100 000 grants, aliases 16 deep and 1 000 000 of them.
Sudoers parse_sudoers(const SudoersSource& source, const std::string& path);

}  // namespace plimsoll::probe::settings
