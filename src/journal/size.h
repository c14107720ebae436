#pragma once
#include <string>

#include "journal/database.h"

// How much room a journal takes, as its engine tells it.
namespace plimsoll::journal {

// On disk, with what is free inside. `path`: the file of one that is a file.
Result<uint64_t> stored_bytes(Database& db, const std::string& path);
// Of what is kept; more than `enough` is counted exactly only where that is cheap.
Result<uint64_t> used_bytes(Database& db, uint64_t enough);
// Gives free room back, as far as that needs no long lock.
Status give_back_room(Database& db);

}  // namespace plimsoll::journal
