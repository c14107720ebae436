#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/fact_tree.h"
#include "probe/host/settings/context.h"

namespace plimsoll::probe::settings {

// Pure: the programs of a unit's Exec*= lines (systemd.service(5)), prefixes (@ - : + ! |) taken off; those without an
// absolute path left out. An empty assignment clears those before it.
std::vector<std::string> parse_unit_programs(std::string_view text);

// Files and drop-ins of enabled units (and of the runtimes' units whether enabled or not); programs that those start
// as root.
FactTree enabled_unit_files(const Context& context);
FactTree enabled_unit_programs(const Context& context);

}  // namespace plimsoll::probe::settings
