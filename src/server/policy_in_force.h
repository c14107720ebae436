#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "benchmark/rule_set.h"
#include "policy/policy.h"

namespace plimsoll::server {

// Name and text of each.
using PolicyFiles = std::vector<std::pair<std::string, std::string>>;

// What is judged by.
struct InForce {
  PolicyFiles files;  // beside the built-in policy, in their order
  policy::Policy policy;
  benchmark::RuleSet rules;
  std::string judged_with;  // a print of all of it: when it is another, what is stored is judged anew
};
// What files come to, laid over the built-in policy. malformed: all their faults, a line each.
using MakeInForce = std::function<Result<InForce>(const PolicyFiles& files)>;

// The one that is in force now. Who took it goes on with that one while another takes its place. Thread-safe.
class PolicyInForce {
 public:
  explicit PolicyInForce(InForce first) : now_(std::make_shared<const InForce>(std::move(first))) {}
  std::shared_ptr<const InForce> now() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void replace(InForce next) {
    auto shared = std::make_shared<const InForce>(std::move(next));
    const std::lock_guard lock(mutex_);
    now_.swap(shared);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const InForce> now_;  // guarded by mutex_
};

}  // namespace plimsoll::server
