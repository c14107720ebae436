#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "benchmark/rule_set.h"
#include "model/check.h"
#include "model/report.h"
#include "model/scoring.h"

namespace plimsoll::benchmark {

// One rule over one subject. `name` is the subject's: "host", "docker", a container's name.
CheckResult check(const Rule& rule, const std::string& name, const Found& subject, const Trees& trees);

// What judgement adds to the facts of each node, by its name (docs/benchmark-rules.md, "judged:").
using JudgedByNode = std::map<std::string, FactTree, std::less<>>;

// Where it adds nothing: nobody is trusted, packages and flaws were not looked up.
const FactTree& nothing_judged();

// What a condition about a host reads: its settings and its runtimes.
Trees trees_of_host(const AssetReport& host, const JudgedByNode& judged = {});

// All rules over the settings of every asset: fills AssetReport::checks, with the controls of all maps. An asset
// without settings gets none. Containers see the trees of the host of the same node, and of their own runtime there.
void evaluate(Report& report, const RuleSet& rules, const JudgedByNode& judged = {});

// Leaves out of an asset's checks those that are switched off for it (`scoring.checks_off`).
void switch_off(AssetReport& asset, const ScoringPolicy& scoring);

// The failed rows of `checks` as threats, each once a rule and subject; severities are numbers of `scoring`.
// Where that names benchmarks, only rows that stand in one of these.
std::vector<Threat> threats_of(const std::vector<CheckResult>& checks, const RuleSet& rules,
                               const ScoringPolicy& scoring);

}  // namespace plimsoll::benchmark
