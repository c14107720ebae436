#pragma once
#include <string>
#include <vector>

namespace plimsoll {

// Something that could not be assessed: never the same as "nothing found". Printable text only.
struct Incomplete {
  std::string what;    // "packages of Go binary /app/x", "runtime sockets"
  std::string reason;  // "permission denied", "no advisories for Wolfi in the database"
  std::string remedy;  // "run as root"; may be empty
  auto operator<=>(const Incomplete&) const = default;
};
using IncompleteList = std::vector<Incomplete>;

}  // namespace plimsoll
