#pragma once
#include "journal/journal.h"
#include "journal/writer.h"

namespace plimsoll::journal {

// Takes away what is older than `retention` says, adds up what is kept coarsely, and tells of it in an event.
Result<Trimmed> trim(Transaction& transaction, const Retention& retention, Instant now);

}  // namespace plimsoll::journal
