#pragma once
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/policy_trial.h"
#include "policy/policy_files.h"
#include "server/awaited.h"
#include "server/policy_in_force.h"
#include "server/policy_messages.h"

namespace plimsoll::server {

// The service's side of policies: what is in force, what another text would be, and what people ask of the process with
// the rights, which looks at it again. Thread-safe.
class PolicyDesk {
 public:
  using Files = PolicyFiles;  // names with their paths
  struct Ground {
    std::string directory;                      // of the files; empty: a single file is in force
    bool writes = false;                        // the operator allowed it
    std::function<bool(std::string_view)> say;  // a request of policy_messages.h
    std::function<Files()> in_force;            // in their order
    MakeInForce make;
    std::function<Result<analyzer::PolicyTrial>(const InForce&)> judge;  // what is stored, by another policy
  };
  explicit PolicyDesk(Ground ground) : ground_(std::move(ground)) {}

  const Ground& ground() const { return ground_; }
  // Whether the file may be written here, and why not.
  Status may_write(std::string_view name) const;

  // The policy that there would be with `text` in the file `name` (without its path). malformed: all faults, as
  // `policy check` tells them.
  Result<InForce> with(const std::string& name, const std::string& text) const;
  // The files that this is made of, and the name with its path that stands in its faults.
  Files files_with(const std::string& name, const std::string& text) const;
  std::string path_of(const std::string& name) const;

  // What would change; one at a time (limit: another is under way).
  Result<analyzer::PolicyTrial> try_out(const std::string& name, const std::string& text);

  // The file on the disk, writing and removing it: the answer's own faults are in it.
  Result<PolicyAnswer> read(const std::string& name);
  Result<PolicyAnswer> put(const std::string& name, const std::string& before, const std::string& text);
  Result<PolicyAnswer> remove(const std::string& name, const std::string& before);
  void take(PolicyAnswer answer);

 private:
  Result<PolicyAnswer> ask(PolicyRequest request);

  const Ground ground_;
  Awaited<PolicyAnswer> answers_;
  std::mutex trying_;
};

}  // namespace plimsoll::server
