#include "assess/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "assess/assess.h"
#include "assess/condition_table.h"
#include "base/text.h"
#include "version/upstream.h"

namespace plimsoll::assess {
namespace {

RouteFinding from_rule(const RouteRule& rule, Tristate state, const ConditionSet& conditions) {
  RouteFinding finding;
  finding.id = rule.id;
  finding.title = rule.title;
  finding.remedy = rule.remedy;
  finding.technique = rule.technique;
  finding.certainty = rule.certainty;
  finding.leads = rule.leads;
  finding.assessed = state == Tristate::yes;
  finding.evidence = evidence_of(rule.needs, conditions);
  return finding;
}

// Whether `version` lies in one of the half-open ranges. A range whose bound cannot be read counts as hit: never a
// false all-clear.
bool in_ranges(const version::UpstreamVersion& version, const std::vector<CveRule::Range>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const CveRule::Range& range) {
    const auto introduced = version::parse_upstream(range.introduced);
    const auto fixed = version::parse_upstream(range.fixed);
    return !(introduced && version < *introduced) && !(fixed && version >= *fixed);
  });
}

// Whether one component has one flaw, and how sure that is.
struct Flaw {
  Tristate open = Tristate::no;
  Certainty certainty = Certainty::maybe;
  Condition evidence;
};

struct Judge {
  const std::string& runtime;
  const HostFacts& host;
  const PlatformAdvisories& advisories;

  // The upstream version in use; `text` receives it as it was told.
  std::optional<version::UpstreamVersion> version_of(const std::string& component, std::string& text) const {
    if (component == "kernel") {
      text = host.kernel_release;
      return version::kernel_upstream(host.kernel_release, host.kernel_version);
    }
    const std::string* told = component_version(host, runtime, component);
    if (told == nullptr) return std::nullopt;
    text = *told;
    return version::parse_upstream(*told);
  }

  Flaw flaw(const CveRule& rule) const {
    const std::string name = "vulnerable." + rule.component;
    if (advisories.vulnerable.count(rule.cve) != 0) {
      return {Tristate::yes, Certainty::likely, {name, Tristate::yes, "an advisory for this host lists " + rule.cve}};
    }
    if (advisories.judged.count(rule.component) != 0 || rule.upstream.empty()) return {};
    std::string text;
    const auto version = version_of(rule.component, text);
    if (!version) {
      return {Tristate::unknown,
              Certainty::maybe,
              {name, Tristate::unknown, fmt::format("version of {} is not known", rule.component)}};
    }
    if (!in_ranges(*version, rule.upstream)) return {};
    return {Tristate::yes,
            Certainty::maybe,
            {name, Tristate::yes,
             fmt::format("{} {} lies in the upstream range of {}", rule.component, printable(text, 80), rule.cve)}};
  }

  bool concerns(const CveRule& rule) const {
    if (rule.component == "kernel") return true;
    const auto components = components_under(runtime);
    return std::find(components.begin(), components.end(), rule.component) != components.end();
  }
};

// A component whose version nobody told is one finding, not one for each of its CVEs.
RouteFinding version_unknown(const CveRule& rule, const Condition& why) {
  const bool kernel = rule.component == "kernel";
  RouteFinding finding;
  finding.id = kernel ? "esc.kernel_cve" : "esc.runtime_cve";
  finding.title = fmt::format("Known flaws of {} could not be looked up", rule.component);
  finding.remedy = kernel ? "Let the scan read the kernel's release."
                          : fmt::format("Let the scan ask the runtime for the version of {}.", rule.component);
  finding.technique = "T1611, T1068";
  finding.assessed = false;
  finding.evidence = {why};
  return finding;
}

void add_cves(const Judge& judge, const ConditionSet& conditions, const std::vector<CveRule>& cves,
              std::vector<RouteFinding>& out) {
  std::set<std::string> unknown_components;
  for (const CveRule& rule : cves) {
    if (!judge.concerns(rule)) continue;
    const Tristate needs = evaluate(rule.needs, conditions);
    if (needs == Tristate::no) continue;
    const Flaw flaw = judge.flaw(rule);
    if (flaw.open == Tristate::no) continue;
    if (flaw.open == Tristate::unknown) {
      if (unknown_components.insert(rule.component).second) out.push_back(version_unknown(rule, flaw.evidence));
      continue;
    }
    RouteFinding finding;
    finding.id = rule.route;
    finding.title = rule.title;
    finding.remedy = rule.remedy;
    finding.technique = "T1611, T1068";
    finding.certainty = flaw.certainty;
    finding.assessed = needs == Tristate::yes;
    finding.evidence = evidence_of(rule.needs, conditions);
    finding.evidence.push_back(flaw.evidence);
    finding.threat_id = rule.cve;
    out.push_back(std::move(finding));
  }
}

}  // namespace

std::vector<RouteFinding> open_routes(const ConditionSet& conditions, const std::string& runtime, const HostFacts& host,
                                      const PlatformAdvisories& advisories, const std::vector<RouteRule>& routes,
                                      const std::vector<CveRule>& cves) {
  std::vector<RouteFinding> out;
  for (const RouteRule& rule : routes) {
    const Tristate state = evaluate(rule.needs, conditions);
    if (state != Tristate::no) out.push_back(from_rule(rule, state, conditions));
  }
  add_cves({runtime, host, advisories}, conditions, cves, out);
  std::stable_sort(out.begin(), out.end(), [](const RouteFinding& a, const RouteFinding& b) {
    if (a.leads != b.leads) return a.leads < b.leads;  // ways to the host first
    if (a.assessed != b.assessed) return a.assessed;
    if (a.certainty != b.certainty) return a.certainty > b.certainty;
    return std::tie(a.id, a.threat_id) < std::tie(b.id, b.threat_id);
  });
  return out;
}

std::vector<Condition> conditions_of(const ContainerFacts& container, const HostFacts& host) {
  std::vector<Condition> out;
  out.reserve(condition_table().size());
  for (const ConditionRow& row : condition_table()) {
    Judged judged = row.judge(container, host);
    out.push_back({row.name, judged.state, std::move(judged.evidence)});
  }
  return out;
}

std::vector<RouteFinding> find_routes(const ContainerFacts& container, const HostFacts& host,
                                      const std::vector<Threat>& host_threats, const std::vector<RouteRule>& routes,
                                      const std::vector<CveRule>& cves) {
  return open_routes(ConditionSet(conditions_of(container, host)), container.runtime, host,
                     platform_advisories(host, list_of(host_threats), {}), routes, cves);
}

}  // namespace plimsoll::assess
