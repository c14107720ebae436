#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plimsoll::probe::settings {

// One rule of a PAM stack, includes resolved (pam.conf(5)).
struct PamRule {
  std::string type;     // "auth", "account", "password", "session"
  std::string control;  // "required", "sufficient", "[success=1 default=ignore]"
  std::string module;   // "pam_unix.so", or an absolute path
  std::vector<std::string> arguments;
  std::string source;
};

struct PamStack {
  std::vector<PamRule> rules;
  std::vector<std::string> unknown;
};

// The stack of the service file `name` below /etc/pam.d (or /usr/lib/pam.d), through @include, include and substack, at
// most 16 deep and 1000 rules. `read` gets a service's name.
PamStack read_pam_stack(const std::function<Result<std::string>(const std::string&)>& read, const std::string& name);

}  // namespace plimsoll::probe::settings
