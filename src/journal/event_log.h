#pragma once
#include <vector>

#include "journal/database.h"
#include "journal/journal.h"
#include "journal/seal.h"

// The chain of events in its tables.
namespace plimsoll::journal {

// The end of the chain while a transaction is open.
struct ChainEnd {
  Sequence sequence = 0;
  std::string hash;  // 32 bytes
};

Result<std::string> store_id(Database& db);
// Reads where the chain ends; with nothing there it is where it starts.
Result<ChainEnd> chain_end(Database& db);
// Adds entries behind `end`, and moves it.
Status add_event(Database& db, ChainEnd& end, const NewEvent& event, Instant now);
// Signs the end as the head, and every so many entries as a checkpoint. `before`: the end of the last seal.
Status seal_end(Database& db, const ChainEnd& before, const ChainEnd& end, const SealKey& key, const std::string& store,
                Instant now);
// Signs that the chain starts behind `start`: older entries were taken away by retention.
Status seal_start(Database& db, const ChainEnd& start, const SealKey& key, const std::string& store, Instant now);

// Whether an event may be written: words, one JSON object, bounded sizes. Makes its body one line.
Status settle_event(NewEvent& event);

Result<std::vector<Event>> read_events(Database& db, const EventQuery& query);
Result<Verification> verify_chain(Database& db, const SealKey& key, const std::optional<ChainHead>& expected);

// A JSON document without the line breaks and indents between its parts.
std::string one_line(const std::string& json);

}  // namespace plimsoll::journal
