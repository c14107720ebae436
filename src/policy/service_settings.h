#pragma once
#include <string_view>

#include "model/service_policy.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// The keys of a policy document below which stands how long the service keeps what, and how often it looks.
inline constexpr std::string_view retention_key = "retention", schedule_key = "schedule";

// Lay what stands there, if anything, over the policy. Faults name what is wrong.
void read_retention(const YamlNode& document, RetentionPolicy& policy, Faults& faults);
void read_schedule(const YamlNode& document, SchedulePolicy& policy, Faults& faults);

}  // namespace plimsoll::policy
