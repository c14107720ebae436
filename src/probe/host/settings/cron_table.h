#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::probe::settings {

// One job of a crontab (crontab(5)).
struct CronJob {
  std::string user;  // of a system crontab; else empty
  std::string command;
};

// Pure: jobs of a system crontab (`with_user`) or of a user's; variables and comments left out.
std::vector<CronJob> parse_crontab(std::string_view text, bool with_user);

// Absolute paths that a command starts: its first word, and those after `;`, `&&`, `||`, `|`, `sh -c`, `nice` and the
// like.
std::vector<std::string> programs_of(std::string_view command);

// A command that hands what it fetches to a shell.
bool fetches_to_shell(std::string_view command);

// run-parts(8): names it runs, by default only of letters, digits, `_` and `-`.
bool run_parts_takes(std::string_view name);

}  // namespace plimsoll::probe::settings
