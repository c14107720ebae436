#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "model/fact_tree.h"
#include "probe/host/settings/context.h"

namespace plimsoll::probe::settings {

// What modprobe.d files say (modprobe.d(5)). Names have `-` written as `_`.
struct ModuleRules {
  std::set<std::string> disabled;     // `install NAME /bin/false` or /bin/true
  std::set<std::string> blacklisted;  // not loaded by alias; still by name
};
void parse_modprobe(std::string_view text, ModuleRules& rules);

// {NAME: {loaded, builtin, available, disabled, blacklisted}} of rarely used modules.
FactTree read_modules(const Context& context);

}  // namespace plimsoll::probe::settings
