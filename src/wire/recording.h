#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/report.h"

namespace plimsoll::wire {

// Everything gathered, nothing judged: what `scan --record` keeps and `replay:` reads. Of a Report the assets' asset,
// container, host, settings, os, packages, not_assessed and scanned_at, the flows and incomplete are kept; threats,
// assessments and fixes are not (they are made again). Lossless for the facts: facts_from_json(facts_to_json(x)) == x
// on those fields.
std::string facts_to_json(const Report& gathered);
Result<Report> facts_from_json(std::string_view json, const std::string& file_name);

}  // namespace plimsoll::wire
