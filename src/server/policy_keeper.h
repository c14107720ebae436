#pragma once
#include <string>
#include <string_view>

#include "server/policy_messages.h"

namespace plimsoll::server {

inline constexpr const char* policies_not_by_api =
    "policies are not changed through the API here; `plimsoll serve --policies-by-api` allows it";

// Reads and writes files of policies for the service, in the process with the rights. Everything it is asked is looked
// at here, whatever the service said of it before: whether the operator allowed it, the name, the text, and that the
// file is still the one that the editor began with. Writes or removes whole files or nothing. One thread.
class PolicyKeeper {
 public:
  PolicyKeeper(std::string directory, bool allowed) : directory_(std::move(directory)), allowed_(allowed) {}

  bool allowed() const { return allowed_; }

  // The payload of an answer to the payload of a request; empty: it was none.
  std::string answer(std::string_view request) const;

  // denied: it is not allowed, or this process may not; conflict: the file is another one by now; malformed: the policy
  // with this text has faults that it had not before; limit: too long; unsupported: what stands there is no plain file.
  PolicyAnswer put(const PolicyRequest& request) const;
  PolicyAnswer read(const PolicyRequest& request) const;
  // As put(); malformed: the policy without this file has faults that it had not before.
  PolicyAnswer remove(const PolicyRequest& request) const;

 private:
  const std::string directory_;
  const bool allowed_;
};

}  // namespace plimsoll::server
