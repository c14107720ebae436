#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/report.h"

namespace plimsoll::wire {

// One element of assets[] of plimsoll.report/1, as asset_to_json() wrote it, back into values: all that a reader of
// reports is shown but the facts of containers and hosts (the document has not all of those). What is missing keeps its
// initial value. malformed: no such element, or a member of another type.
Result<AssetReport> asset_from_json(std::string_view json);

// Of a whole plimsoll.report/1: when and with what it was made, threat database, fixes, benchmarks, what was left out,
// and the events seen on the network. Its assets and flows are not read.
Result<Report> overview_from_json(std::string_view json);

// A whole plimsoll.report/1 with its assets, what it has of flows (ends, protocol, whether seen) and of behaviour.
// malformed: it is none, as `name` tells.
Result<Report> report_from_json(std::string_view json, const std::string& name);

}  // namespace plimsoll::wire
