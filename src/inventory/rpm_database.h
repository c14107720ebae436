#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"

namespace plimsoll::inventory {

// The three forms of rpm's database, each from its whole bytes. An error means that the file as a whole could not be
// read; parts that could not are in Found::not_assessed.
Result<Found> parse_rpm_sqlite(std::string bytes, const FileSink& files);
Result<Found> parse_rpm_ndb(std::string_view bytes, const FileSink& files);
Result<Found> parse_rpm_bdb(std::string_view bytes, const FileSink& files);

// The form is told by the file's name; `path` must be one that wants_rpm_database() accepts.
Result<Found> parse_rpm_database(std::string_view path, std::string bytes, const FileSink& files);

}  // namespace plimsoll::inventory
