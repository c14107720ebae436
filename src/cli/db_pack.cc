#include <CLI/CLI.hpp>

#include "cli/db_commands.h"

namespace plimsoll::cli {
void add_db_pack(CLI::App&, Run&) {}
}  // namespace plimsoll::cli
