#pragma once
#include <functional>
#include <vector>

#include "analyzer/analyzer.h"

namespace plimsoll::analyzer {

// The facts of a fleet that is too large to be held at once.
struct FactsInParts {
  std::vector<Asset> assets;  // of all parts
  size_t parts = 0;
  // The assets of one part, as they were gathered. Each asset is in one part, and with it the host of its node. Asked
  // for each part twice.
  std::function<Result<std::vector<AssetReport>>(size_t part)> read;
  Report between;  // what is between the assets: flows, network, incomplete, sandbox
};

// Takes one part of what judge() would make of all: its assets, in the order of the whole. The last one comes with
// everything else of the report.
using TakePart = std::function<Status(Report part, bool last)>;

// The same judgement as judge() of all parts together (judge_parts_test.cc holds them against each other). In memory
// are one part as a whole, and of the others what paths between assets and fixes need. Gives back the whole in that
// light form: assets without threats, packages and what makes up their scores, and the rest of the report. Errors are
// those of `read` and `take`.
Result<Report> judge_in_parts(const FactsInParts& facts, const threatdb::ThreatDb* db, const Judgement& by, Instant now,
                              const TakePart& take);

}  // namespace plimsoll::analyzer
