#pragma once
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/exception.h"

namespace plimsoll::server {

// The exceptions that people made, kept as settings of the journal: those that hold, and those that have ended until
// they are forgotten.
class ExceptionBook {
 public:
  static constexpr size_t most = 10'000;

  explicit ExceptionBook(journal::Journal& journal) : journal_(journal) {}

  Result<std::vector<Exception>> all() const;  // the newest first
  // Gives it an id. limit: there are too many.
  Result<Exception> add(Exception exception);
  Result<Exception> find(const std::string& id) const;  // not_found
  Status remove(const std::string& id);                 // not_found

 private:
  journal::Journal& journal_;
};

std::string_view name_of_scope(Exception::Scope scope);
std::optional<Exception::Scope> parse_scope(std::string_view text);

// As docs/openapi.yaml has it, without state and matches.
std::string exception_json(const Exception& exception);
Result<Exception> exception_from_json(std::string_view json);

}  // namespace plimsoll::server
