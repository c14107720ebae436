#include "benchmark/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "benchmark/names.h"

namespace plimsoll::benchmark {
namespace {

Found found(const FactTree& tree) {
  if (tree.kind != FactTree::Kind::unknown) return {&tree, tree.source, {}};
  return {&tree, tree.source, tree.text.empty() ? "not read" : tree.text};
}

std::string evidence_text(const Verdict& verdict, std::vector<Decision> shown) {
  for (const Decision& decision : verdict.decided) {
    if (std::find(shown.begin(), shown.end(), decision) == shown.end()) shown.push_back(decision);
  }
  std::string text;
  for (const Decision& decision : shown) {
    if (!text.empty()) text += "; ";
    text += decision.fact + " = " + decision.value;
    if (!decision.source.empty()) text += " (" + decision.source + ")";
  }
  if (verdict.left_off > 0) text += fmt::format("; and {} more", verdict.left_off);
  return text;
}

std::string reason_text(const Verdict& verdict) {
  std::string text;
  for (const Decision& decision : verdict.decided) {
    if (!text.empty()) text += "; ";
    text += decision.fact + ": " + decision.value;
    if (!decision.source.empty()) text += " (" + decision.source + ")";
  }
  if (verdict.left_off > 0) text += fmt::format("; and {} more", verdict.left_off);
  return text;
}

// What is not known about how bad it is counts as bad.
SeverityLevel severity_of(const Rule& rule, const Found& subject, const Trees& trees) {
  for (const SeverityChoice& choice : rule.severity) {
    if (!choice.when || judge(*choice.when, subject, trees).state != Tristate::no) return choice.level;
  }
  return rule.severity.empty() ? SeverityLevel::medium : rule.severity.back().level;
}

using ControlIndex = std::map<std::string, std::vector<ControlRef>, std::less<>>;

ControlIndex controls_by_rule(const RuleSet& rules) {
  ControlIndex index;
  for (const ControlMap& map : rules.maps) {
    for (const Control& control : map.controls) {
      for (const std::string& rule : control.rules) {
        index[rule].push_back({map.benchmark, map.edition, control.id, control.level, control.scored});
      }
    }
  }
  return index;
}

// The rules of one kind of subject over one tree.
void check_all(const RuleSet& rules, const ControlIndex& controls, Subject kind, const std::string& name,
               const Found& subject, const Trees& trees, std::vector<CheckResult>& out) {
  for (const Rule& rule : rules.rules) {
    if (rule.subject != kind) continue;
    out.push_back(check(rule, name, subject, trees));
    const auto named = controls.find(rule.id);
    if (named != controls.end()) out.back().controls = named->second;
  }
}

// Whether a failure of it is a threat.
bool counts(const CheckResult& row, const ScoringPolicy& scoring) {
  if (!scoring.benchmarks_counted) return true;
  const std::vector<std::string>& counted = *scoring.benchmarks_counted;
  return std::any_of(row.controls.begin(), row.controls.end(), [&](const ControlRef& control) {
    return std::find(counted.begin(), counted.end(), slug_of(control.benchmark)) != counted.end();
  });
}

double severity_number(SeverityLevel level, const ScoringPolicy& scoring) {
  switch (level) {
    case SeverityLevel::critical:
      return scoring.check_critical;
    case SeverityLevel::high:
      return scoring.check_high;
    case SeverityLevel::low:
      return scoring.check_low;
    default:
      return scoring.check_medium;
  }
}

const AssetReport* host_of(const Report& report, const AssetReport& asset) {
  for (const AssetReport& other : report.assets) {
    if (other.asset.kind == AssetKind::host && other.asset.node == asset.asset.node) return &other;
  }
  return nullptr;
}

std::string text_at(const FactTree& map, const char* member) {
  const FactTree& node = map.at(member);
  return node.kind == FactTree::Kind::text ? node.text : std::string();
}

// The runtime that runs this container, among those its host knows: by name, else by kind.
Found runtime_of(const AssetReport& asset, const FactTree& runtimes) {
  const std::string name = asset.container ? asset.container->runtime : std::string();
  if (runtimes.kind == FactTree::Kind::unknown) return found(runtimes);
  for (const char* member : {"name", "kind"}) {
    for (const FactTree& runtime : runtimes.items) {
      if (!name.empty() && text_at(runtime, member) == name) return found(runtime);
    }
  }
  return no_telling(name.empty() ? "no runtime is known" : "nothing is known of its runtime " + printable(name, 60));
}

Trees trees_of(const Report& report, const AssetReport& asset, const JudgedByNode& judged) {
  const AssetReport* host = asset.asset.kind == AssetKind::host ? &asset : host_of(report, asset);
  Trees trees = host != nullptr ? trees_of_host(*host, judged) : trees_of_host(AssetReport{});
  if (host != nullptr && host->settings.kind == FactTree::Kind::map && asset.container) {
    trees.runtime = runtime_of(asset, host->settings.at("runtimes"));
  }
  if (asset.asset.kind != AssetKind::host) {
    trees.container = found(asset.settings.at("container"));
    trees.image = found(asset.settings.at("image"));
  }
  return trees;
}

void check_runtimes(const RuleSet& rules, const ControlIndex& controls, const FactTree& runtimes, Trees trees,
                    std::vector<CheckResult>& out) {
  if (runtimes.kind == FactTree::Kind::unknown) {
    trees.runtime = found(runtimes);
    return check_all(rules, controls, Subject::runtime, "runtime", trees.runtime, trees, out);
  }
  for (const FactTree& runtime : runtimes.items) {
    const std::string name = text_at(runtime, "name");
    trees.runtime = found(runtime);
    check_all(rules, controls, Subject::runtime, name.empty() ? "runtime" : printable(name, 120), trees.runtime, trees,
              out);
  }
}

std::vector<CheckResult> checks_of(const Report& report, const AssetReport& asset, const RuleSet& rules,
                                   const ControlIndex& controls, const JudgedByNode& judged) {
  std::vector<CheckResult> out;
  const Trees trees = trees_of(report, asset, judged);
  const auto given = [&](const char* member) { return asset.settings.at(member).kind != FactTree::Kind::absent; };
  if (asset.asset.kind == AssetKind::host) {
    if (given("host")) check_all(rules, controls, Subject::host, "host", trees.host, trees, out);
    if (given("runtimes")) check_runtimes(rules, controls, asset.settings.at("runtimes"), trees, out);
    return out;
  }
  const std::string name = printable(asset.asset.name, 120);
  if (given("container")) check_all(rules, controls, Subject::container, name, trees.container, trees, out);
  const std::string image = printable(asset.asset.image.empty() ? asset.asset.name : asset.asset.image, 200);
  if (given("image")) check_all(rules, controls, Subject::image, image, trees.image, trees, out);
  return out;
}

}  // namespace

const FactTree& nothing_judged() {
  static const FactTree nothing = FactTree::map_of({{"trusted_accounts", FactTree::list_of({}, "policy")}});
  return nothing;
}

Trees trees_of_host(const AssetReport& host, const JudgedByNode& judged) {
  const auto added = judged.find(host.asset.node);
  Trees trees{
      no_telling("the host was not probed"),       no_telling("no single runtime is meant here"),
      no_telling("the host was not probed"),       no_telling("no single container is meant here"),
      no_telling("no single image is meant here"), found(added == judged.end() ? nothing_judged() : added->second)};
  if (host.settings.kind == FactTree::Kind::map) {
    trees.host = found(host.settings.at("host"));
    trees.runtimes = found(host.settings.at("runtimes"));
  }
  return trees;
}

CheckResult check(const Rule& rule, const std::string& name, const Found& subject, const Trees& trees) {
  CheckResult row;
  row.rule = rule.id;
  row.subject = name;
  row.section = rule.section;
  row.title = rule.title;
  row.remedy = rule.remedy;
  row.severity = rule.severity.empty() ? SeverityLevel::medium : rule.severity.back().level;
  if (rule.applies) {
    const Verdict applies = judge(*rule.applies, subject, trees);
    if (applies.state != Tristate::yes) {
      row.outcome = applies.state == Tristate::no ? CheckOutcome::not_applicable : CheckOutcome::unknown;
      row.reason = applies.state == Tristate::no ? evidence_text(applies, {}) : reason_text(applies);
      if (row.outcome == CheckOutcome::unknown) row.severity = severity_of(rule, subject, trees);
      return row;
    }
  }
  if (!rule.manual.empty()) {
    row.outcome = CheckOutcome::manual;
    row.reason = rule.manual;
  }
  std::vector<Decision> shown;
  for (const FactPath& path : rule.evidence) shown.push_back(show(path, subject, trees));
  if (!rule.manual.empty()) {
    row.evidence = evidence_text({}, std::move(shown));
    return row;
  }
  const Verdict verdict = judge(rule.pass, subject, trees);
  row.severity = severity_of(rule, subject, trees);
  if (verdict.state == Tristate::unknown) {
    row.outcome = CheckOutcome::unknown;
    row.reason = reason_text(verdict);
    row.evidence = evidence_text({}, std::move(shown));
    return row;
  }
  row.outcome = verdict.state == Tristate::yes ? CheckOutcome::pass : CheckOutcome::fail;
  row.evidence = evidence_text(verdict, std::move(shown));
  if (row.outcome == CheckOutcome::fail) row.reason = rule.fail_reason;
  return row;
}

void evaluate(Report& report, const RuleSet& rules, const JudgedByNode& judged) {
  const ControlIndex controls = controls_by_rule(rules);
  for (AssetReport& asset : report.assets) asset.checks = checks_of(report, asset, rules, controls, judged);
}

void switch_off(AssetReport& asset, const ScoringPolicy& scoring) {
  if (scoring.checks_off.empty()) return;
  std::erase_if(asset.checks, [&](const CheckResult& row) {
    return std::any_of(scoring.checks_off.begin(), scoring.checks_off.end(),
                       [&](const std::string& pattern) { return is_meant(pattern, row.rule); });
  });
}

std::vector<Threat> threats_of(const std::vector<CheckResult>& checks, const RuleSet& rules,
                               const ScoringPolicy& scoring) {
  std::map<std::string_view, const Rule*> by_id;
  for (const Rule& rule : rules.rules) by_id[rule.id] = &rule;
  std::vector<Threat> threats;
  for (const CheckResult& row : checks) {
    if (row.outcome != CheckOutcome::fail || !counts(row, scoring)) continue;
    Threat threat;
    threat.id = {row.rule};
    threat.kind = ThreatKind::benchmark;
    threat.title = row.title;
    threat.severity = {row.severity, severity_number(row.severity, scoring), "", "plimsoll"};
    threat.evidence = row.subject + ": " + (row.reason.empty() ? "" : row.reason + " ") + row.evidence;
    threat.remedy = row.remedy;
    if (const auto rule = by_id.find(row.rule); rule != by_id.end()) threat.references = rule->second->references;
    threats.push_back(std::move(threat));
  }
  return threats;
}

}  // namespace plimsoll::benchmark
