#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace plimsoll::feed {

// One line of an ecosystem's modified_id.csv in the OSV bucket
// (https://google.github.io/osv.dev/data/#downloading-recent-changes): when a record last changed, and its id.
struct ModifiedId {
  std::string id;
  Instant modified{};
  bool operator==(const ModifiedId&) const = default;
};

// Whether `id` may name a record, and so a file: letters, digits, "-_.:+", at most 128, no "." in front.
bool is_record_id(std::string_view id);

// All lines, sorted by id; an id that stands twice once, with its later time. malformed: a line of another shape (a
// list with holes would look whole); limit: more than 256 MiB or two million lines.
Result<std::vector<ModifiedId>> parse_modified_ids(std::string_view csv);

// The same as text, newest first.
std::string write_modified_ids(std::vector<ModifiedId> ids);

// What `now` says that `then` does not; both sorted by id. A record that is older now than then is no change.
struct ModifiedDifference {
  std::vector<ModifiedId> changed;  // new, or modified later
  std::vector<std::string> gone;
};
ModifiedDifference difference_of(const std::vector<ModifiedId>& then, const std::vector<ModifiedId>& now);

}  // namespace plimsoll::feed
