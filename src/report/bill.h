#pragma once
#include <string>
#include <string_view>

#include "model/report.h"

// What both kinds of bill of materials need.
namespace plimsoll::report {

// A UUID (RFC 9562, version 8) that follows from what the report is of and when: the same report, the same name.
std::string uuid_of(const Report& report, std::string_view purpose);

// "debian 12"; empty when the release is not known.
std::string release_of(const AssetReport& asset);

}  // namespace plimsoll::report
