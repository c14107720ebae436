#pragma once
#include "journal/journal.h"

namespace plimsoll::journal::postgres {

// What stands at a URL, with all that libpq takes from elsewhere: environment, service file, password file, names.
Result<Place> find_place(const std::string& url);

}  // namespace plimsoll::journal::postgres
