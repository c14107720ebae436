#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "journal/postgres_library.h"

// What goes to PostgreSQL and comes from it, as bytes.
namespace plimsoll::journal::postgres {

// A statement with its placeholders, ? or ?1, as PostgreSQL writes them: $1. The plus before a column, which keeps
// SQLite from an index, is left out: PostgreSQL knows nothing of such a value, and would sort the whole table.
std::string numbered(std::string_view sql);

// Eight bytes, highest first.
std::string network_order(uint64_t number);
// A number of one to eight bytes, highest first, with its sign.
int64_t signed_number(std::string_view bytes);

// Types as PostgreSQL numbers them (src/include/catalog/pg_type.dat).
inline constexpr Oid oid_bool = 16, oid_bytea = 17, oid_int8 = 20, oid_text = 25, oid_float8 = 701;

// What an SQLSTATE (Appendix A of PostgreSQL's manual) is of ours. `said`: the server's words.
Error error_of(std::string_view state, std::string_view said);

}  // namespace plimsoll::journal::postgres
