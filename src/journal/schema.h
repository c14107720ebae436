#pragma once
#include "journal/database.h"

namespace plimsoll::journal {

// The newest schema this program knows (older ones are brought up to it, newer ones are refused): also in journal.h.
int newest_schema();

// The schema of an open store: 0 for an empty one. conflict: a database that is no journal.
Result<int> schema_of(Database& db);

// Brings the store from its schema to `to`, one version after the other, each whole or not at all. Downwards everything
// goes that the older version does not know.
Status migrate(Database& db, int to = newest_schema());

}  // namespace plimsoll::journal
