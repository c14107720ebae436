#pragma once
#include <string>

#include "journal/journal.h"

namespace plimsoll::server {

// The assessed world, or a part of it, as the journal keeps it: of one asset, of a node and all on it, or of what runs
// an image (reference or digest); of all when none is named. not_found: nothing of it is there; unsupported: there is
// more in it than one report may hold; unreachable: nothing was assessed yet.
Result<Report> stored_report(const journal::Journal& journal, Instant now, const std::string& asset,
                             const std::string& node, const std::string& image);

}  // namespace plimsoll::server
