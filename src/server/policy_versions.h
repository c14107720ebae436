#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace plimsoll::server {

// The kinds of events about files of policies: a version of them came into force (policy_log.h); one was written, or
// removed.
inline constexpr const char* policy_changed = "policy.changed";
inline constexpr const char* policy_written = "policy.written";
inline constexpr const char* policy_removed = "policy.removed";

// The files of one version, as the journal has them.
struct PolicyVersion {
  struct File {
    std::string name, sha256;         // name: with its path
    std::optional<std::string> text;  // nothing: too long to be kept
  };
  journal::Sequence sequence = 0;  // of the entry with which it came into force
  Instant at{};
  std::vector<File> files;

  const File* find(std::string_view name) const;  // null when there is none
};

// The newest `most` versions, oldest first.
Result<std::vector<PolicyVersion>> policy_versions(const journal::Journal& journal, size_t most);
// not_found: no version came into force with that entry.
Result<PolicyVersion> policy_version(const journal::Journal& journal, journal::Sequence sequence);

// Who did it through the API, each the last one who did.
struct PolicyAuthors {
  std::map<std::string, std::string> wrote;    // by the hash of the text
  std::map<std::string, std::string> removed;  // by the hash of the text that was removed
};
PolicyAuthors policy_authors(const journal::Journal& journal);

// "/etc/plimsoll/policies/10-ours.yaml" -> "10-ours.yaml"
std::string policy_file_name(const std::string& path);

}  // namespace plimsoll::server
