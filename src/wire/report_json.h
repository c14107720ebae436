#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/report.h"

namespace plimsoll::wire {

// The report as JSON, schema plimsoll.report/1 (data/schema/report.schema.json). Every string is valid UTF-8 in it.
// `with_packages` adds assets[].packages.
std::string report_to_json(const Report& report, bool with_packages = true);

// One element of its assets[], alone.
std::string asset_to_json(const AssetReport& asset, bool with_packages = true);

}  // namespace plimsoll::wire
