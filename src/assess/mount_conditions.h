#pragma once
#include <vector>

#include "assess/condition_table.h"

namespace plimsoll::assess {

// Conditions on what of the host is mounted inside, and who may write or read it (part of condition_table()).
std::vector<ConditionRow> mount_conditions();

}  // namespace plimsoll::assess
