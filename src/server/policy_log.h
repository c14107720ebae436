#pragma once
#include <string>
#include <utility>
#include <vector>

#include "journal/journal.h"

namespace plimsoll::server {

// Journals the policy files in force (name, text) when they are others than those in force before: the event
// `policy.changed` holds them whole, as far as they fit, so that each version can be shown, compared and put back.
Status log_policy(journal::Journal& journal, const std::vector<std::pair<std::string, std::string>>& files,
                  Instant now);

}  // namespace plimsoll::server
