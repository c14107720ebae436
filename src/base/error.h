#pragma once
#include <string>
#include <string_view>

namespace plimsoll {

// What kind of failure it was; decides the exit code and what a caller may try next.
enum class ErrorKind {
  not_found,    // the thing asked for does not exist
  denied,       // no permission
  unreachable,  // a peer does not answer or broke off
  malformed,    // bytes that break their format
  unsupported,  // understood, but not handled by this program
  limit,        // larger, deeper or longer than the bound
  conflict,     // somebody else holds or changed it
  timeout,      // a wait ran out
  bug,          // a broken promise of our own code
};

std::string_view name_of(ErrorKind kind);

// One failure, for a person: `message` says what failed and why, `context` where (file, place in it),
// `advice` what to do about it. `context` and `advice` may be empty. No field holds raw bytes of a stranger:
// quote with printable() of base/text.h.
struct Error {
  ErrorKind kind = ErrorKind::bug;
  std::string message;
  std::string context = {};
  std::string advice = {};

  // "context: message; advice", one line.
  std::string to_string() const;
};

}  // namespace plimsoll
