#pragma once
#include <vector>

#include "assess/condition_table.h"

namespace plimsoll::assess {

// Conditions of the routes that go by the network, by mounted credentials or by another container, and of those that
// only stop the host. Part of condition_table().
std::vector<ConditionRow> side_conditions();

// Judged with the container itself as unknown; the world, which sees the other container, puts its judgement in place.
inline constexpr const char* joined_container_has_route = "joined.has_route";

}  // namespace plimsoll::assess
