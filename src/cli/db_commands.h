#pragma once
#include <cstdio>

#include "cli/commands.h"
#include "model/incomplete.h"
#include "model/report.h"

namespace plimsoll::cli {

// The parts of `plimsoll db` with a file of their own; each adds its commands to `db`.
void add_db_update(CLI::App& db, Run& run);  // update, mirror
void add_db_pack(CLI::App& db, Run& run);    // pack, unpack, keygen

void print_info(const ThreatDbInfo& info, FILE* to);
// "plimsoll: left out: WHAT: WHY" on standard error, a line each.
void print_left_out(const IncompleteList& parts);

}  // namespace plimsoll::cli
