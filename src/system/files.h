#pragma once
#include <string>
#include <vector>

#include "model/fact_tree.h"
#include "system/accounts.h"
#include "system/machine.h"

namespace plimsoll::system {

// Files of the host, or of what is below `root` ("/proc/PID/root": what a process sees), as trees of describe_file(),
// with the names of owners from the same root. Links are followed, and never lead out of the root. All paths are those
// inside the root.
class Files {
 public:
  explicit Files(const Machine& machine, std::string root = {});

  const Machine& machine() const { return machine_; }

  // The content, links followed.
  Result<std::string> read(const std::string& path, size_t limit) const;
  // The names in a directory, links followed.
  Result<std::vector<std::string>> list(const std::string& path, size_t limit) const;

  FactTree describe(const std::string& path) const;
  // The file that a setting names by an absolute path; absent when it names none, unknown when the setting is.
  FactTree named_by(const FactTree& setting) const;
  // The first of `paths` that exists; absent when none does.
  FactTree first_of(const std::vector<std::string>& paths) const;
  // Those of `directory` whose name ends in `suffix`, down to `depth` levels below it; at most 4096.
  FactTree below(const std::string& directory, const std::string& suffix, int depth) const;

  // The path with its links resolved; as given where that fails.
  std::string resolve(const std::string& path) const;

  // Home directory of a user; empty when it is not known.
  std::string home_of(uint32_t uid) const;
  // Home directories of all users, each once, sorted; without "/" and what is no absolute path.
  std::vector<std::string> homes() const;

  // Who may use what belongs to the group: the members /etc/group names, and those whose own group it is. Absent when
  // there is no such group.
  FactTree members_of(const std::string& group) const;

 private:
  void collect(const std::string& directory, const std::string& suffix, int depth, std::vector<FactTree>& out) const;

  const Machine& machine_;
  std::string root_;
  std::vector<User> users_;
  std::vector<Group> groups_;
  std::string unknown_;  // why the two files could not be read
};

}  // namespace plimsoll::system
