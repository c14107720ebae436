#pragma once
#include "cli/commands.h"

namespace plimsoll::cli {

// policy explain
void add_policy_explain(CLI::App& policy, Run& run);
// policy versions|diff|restore
void add_policy_versions(CLI::App& policy, Run& run);

}  // namespace plimsoll::cli
