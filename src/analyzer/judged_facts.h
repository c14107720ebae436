#pragma once
#include "analyzer/judge_steps.h"
#include "benchmark/evaluate.h"
#include "model/report.h"

namespace plimsoll::analyzer {

// What rules read under "judged:" (docs/benchmark-rules.md), for the node of each host of the report: the accounts that
// the policy trusts, which of the host's runtimes its distribution packages, and which known flaws of them a newer
// version mends. `looked_up`: the threats of the hosts are those of a database; else nothing is known of flaws.
benchmark::JudgedByNode judged_facts(const Report& report, const Constants& constants, bool looked_up);

}  // namespace plimsoll::analyzer
