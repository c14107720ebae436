#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/fact_tree.h"
#include "probe/host/settings/context.h"
#include "system/machine.h"
#include "system/paths.h"

// How collectors turn what they read into nodes: what is not there is absent, what may not be read is unknown.
namespace plimsoll::probe::settings {

using system::base_name;
using system::parent_directory;
using system::resolve;

FactTree from_error(const Error& error, const std::string& source);  // not_found: absent; else unknown
FactTree number(uint64_t value, std::string source = {});

// A whole decimal number (with a sign) as an integer, else the text.
FactTree value_of(std::string_view text, std::string source = {});
FactTree read_value(const system::Machine& machine, const std::string& path);  // the trimmed content, as value_of

// The content of a file, links followed (at most 40, whatever they lead to on this host).
Result<std::string> read_following(const system::Machine& machine, const std::string& path,
                                   size_t limit = size_t{4} << 20);

// system::describe_file of a path of this host.
FactTree describe_file(const Context& context, const std::string& path);
// The files of the list that exist; unreadable ones are unknown nodes.
FactTree describe_files(const Context& context, const std::vector<std::string>& paths);
// describe_file, and whether the path lies in the writable or read-only layers of a container.
FactTree describe_program(const Context& context, const std::string& path);
bool is_container_layer(std::string_view path);

// Lines without comments (from `#` or `;` at the start of a line on) and blank ones, trimmed.
std::vector<std::string_view> config_lines(std::string_view text);

// KEY=value lines of a shell-like file (os-release, login.defs-like files of /etc/default), quotes taken off.
std::map<std::string, std::string> parse_assignments(std::string_view text);

// "[Section]" and "Key=Value": values by "Section.Key"; the last one counts (systemd.syntax(7), dnf.conf(5)).
void parse_ini(std::string_view text, std::map<std::string, std::string>& values);

// Names in `directory` ending in `suffix`, as whole paths, sorted; none when it does not exist.
Result<std::vector<std::string>> files_in(const system::Machine& machine, const std::string& directory,
                                          std::string_view suffix);
// Drop-in files of several directories, lowest first: sorted by base name, a later directory hides the same name of an
// earlier one; links to /dev/null hide and drop out.
Result<std::vector<std::string>> drop_ins(const system::Machine& machine, const std::vector<std::string>& directories,
                                          std::string_view suffix);

// A configuration of systemd's kind: the main file, then its drop-ins. A part that cannot be read is kept as the
// reason.
struct Layered {
  std::map<std::string, std::string> values;
  std::string unknown;
  bool found = false;  // any file was there
};
Layered read_systemd_config(const system::Machine& machine, const std::string& name);  // "journald": journald.conf(.d)

// "masked", "enabled", "static" (a file is there, no target wants it), absent, or unknown.
FactTree unit_state(const Context& context, const std::string& unit);
// Whether a process of the host (not of a container) has one of these names; unknown when none is seen and the list
// may lack some.
FactTree runs(const Context& context, const std::vector<std::string>& names);

// Shell pattern with *, ? and [...]; the whole name must match. Bounded: no backtracking beyond the last star.
bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace plimsoll::probe::settings
