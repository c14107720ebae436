#include "journal/postgres_text.h"

#include <array>

#include "base/text.h"

namespace plimsoll::journal::postgres {
namespace {

struct Meaning {
  std::string_view state;  // or its beginning
  ErrorKind kind;
  const char* message;  // before the server's own words
  const char* advice;
};
// The first that fits counts.
constexpr std::array<Meaning, 21> meanings{{
    {"53100", ErrorKind::limit, "the disk of the journal is full", "make room, or lower the journal's retention"},
    {"53300", ErrorKind::unreachable, "PostgreSQL takes no more connections", "raise max_connections"},
    {"53", ErrorKind::limit, "PostgreSQL lacks resources", ""},
    {"54", ErrorKind::limit, "too much for PostgreSQL", ""},
    {"57014", ErrorKind::unreachable, "PostgreSQL broke the statement off", ""},
    {"57", ErrorKind::unreachable, "PostgreSQL is stopping or starting", ""},
    {"58", ErrorKind::unreachable, "PostgreSQL cannot read or write its files", ""},
    {"08", ErrorKind::unreachable, "the connection to PostgreSQL broke", ""},
    {"25P03", ErrorKind::unreachable, "PostgreSQL waited too long for us", ""},
    {"25006", ErrorKind::denied, "this PostgreSQL takes no writes", "name the primary server"},
    {"40", ErrorKind::unreachable, "PostgreSQL undid the transaction", ""},
    {"55P03", ErrorKind::conflict, "another process holds the journal", ""},
    {"23", ErrorKind::conflict, "PostgreSQL refuses it", ""},
    {"28", ErrorKind::denied, "PostgreSQL lets nobody in by that name",
     "see the role, pg_hba.conf and the password file"},
    {"3D", ErrorKind::not_found, "there is no such database", "create it: createdb --owner=ROLE NAME"},
    {"42501", ErrorKind::denied, "the role may not do that", "let it own the database of the journal"},
    {"42P01", ErrorKind::malformed, "the journal is damaged: a table is missing", ""},
    {"42703", ErrorKind::malformed, "the journal is damaged: a column is missing", ""},
    {"XX001", ErrorKind::malformed, "the journal is damaged", "restore PostgreSQL's data"},
    {"XX002", ErrorKind::malformed, "the journal is damaged", "restore PostgreSQL's data"},
    {"", ErrorKind::bug, "PostgreSQL does not understand us", ""},
}};

bool is_unary_plus(std::string_view sql, size_t at) {
  if (sql[at] != '+' || at + 1 == sql.size() || sql[at + 1] < 'a' || sql[at + 1] > 'z') return false;
  return at == 0 || sql[at - 1] == ' ' || sql[at - 1] == '(';
}

}  // namespace

std::string numbered(std::string_view sql) {
  std::string out;
  int next = 0;
  bool quoted = false;
  for (size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') quoted = !quoted;
    if (!quoted && is_unary_plus(sql, i)) continue;
    if (sql[i] != '?' || quoted) {
      out += sql[i];
      continue;
    }
    out += '$';
    const bool named = i + 1 < sql.size() && sql[i + 1] >= '0' && sql[i + 1] <= '9';
    if (!named) out += std::to_string(++next);
  }
  return out;
}

std::string network_order(uint64_t number) {
  std::string out(8, '\0');
  for (int i = 7; i >= 0; --i, number >>= 8) out[static_cast<size_t>(i)] = static_cast<char>(number & 0xff);
  return out;
}

int64_t signed_number(std::string_view bytes) {
  uint64_t number = bytes.empty() || (bytes[0] & 0x80) == 0 ? 0 : ~uint64_t{0};
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return static_cast<int64_t>(number);
}

Error error_of(std::string_view state, std::string_view said) {
  for (const Meaning& meaning : meanings) {
    if (!state.starts_with(meaning.state)) continue;
    return {meaning.kind,
            std::string(meaning.message) + "; PostgreSQL says: " + printable(trim(said), 300) + " (" +
                printable(state, 10) + ")",
            {},
            meaning.advice};
  }
  return {ErrorKind::bug, printable(said, 300)};
}

}  // namespace plimsoll::journal::postgres
