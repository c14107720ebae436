#pragma once
#include <string>
#include <vector>

#include "model/asset.h"
#include "model/exception.h"
#include "model/response.h"
#include "policy/policy.h"

namespace plimsoll::policy {

// A setting of an asset that is not as in the built-in policy, and where it comes from.
struct ExplainedSetting {
  std::string path, value;
  std::string built_in;  // the value it has there; empty: none
  std::string file;
  int line = 0;
  std::string scope;  // of the entry that won; empty: it holds for all assets
};

struct Explanation {
  std::vector<ExplainedSetting> settings;      // by path
  std::vector<const ScopedSettings*> scopes;   // that fit, the most specific first; of the policy
  std::vector<const Exception*> exceptions;    // of files, that are about it, whether or not they hold; of the policy
  std::vector<const ResponseRule*> responses;  // that may fire on it and are not as built in; of the policy
};

// What of `policy` holds for `asset`, and why. `policy` must outlive it.
Explanation explain(const Policy& policy, const Asset& asset);

}  // namespace plimsoll::policy
