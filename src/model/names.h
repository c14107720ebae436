#pragma once
#include <optional>
#include <string_view>

#include "model/assessment.h"
#include "model/asset.h"
#include "model/check.h"
#include "model/fact_tree.h"
#include "model/flow.h"
#include "model/network_view.h"
#include "model/package.h"
#include "model/route.h"
#include "model/threat.h"

namespace plimsoll {

// The one spelling of each enumerator, as in reports and on the command line. parse_ is its inverse.
std::string_view name_of(AssetKind v);
std::string_view name_of(PackageType v);  // the purl type: "deb", "pypi", "golang"
std::string_view name_of(Loaded v);
std::string_view name_of(Transport v);
std::string_view name_of(ThreatKind v);
std::string_view name_of(SeverityLevel v);
std::string_view name_of(AttackVector v);
std::string_view name_of(ThreatLevel v);
std::string_view name_of(Certainty v);
std::string_view name_of(Tristate v);
std::string_view name_of(Leads v);
std::string_view name_of(EventOutcome v);
std::string_view name_of(FactTree::Kind v);  // "absent", "integer"
std::string_view name_of(CheckOutcome v);    // "pass", "not applicable"

std::optional<AssetKind> parse_asset_kind(std::string_view text);
std::optional<PackageType> parse_package_type(std::string_view text);
std::optional<Loaded> parse_loaded(std::string_view text);
std::optional<Transport> parse_transport(std::string_view text);
std::optional<ThreatKind> parse_threat_kind(std::string_view text);
std::optional<SeverityLevel> parse_severity_level(std::string_view text);
std::optional<AttackVector> parse_attack_vector(std::string_view text);
std::optional<ThreatLevel> parse_threat_level(std::string_view text);
std::optional<Certainty> parse_certainty(std::string_view text);
std::optional<Tristate> parse_tristate(std::string_view text);
std::optional<Leads> parse_leads(std::string_view text);
std::optional<EventOutcome> parse_event_outcome(std::string_view text);
std::optional<FactTree::Kind> parse_fact_kind(std::string_view text);
std::optional<CheckOutcome> parse_check_outcome(std::string_view text);

// CVSS qualitative scale (v3.1 section 5): 0.1-3.9 low, 4.0-6.9 medium, 7.0-8.9 high, 9.0-10 critical; 0 is unknown
// here.
SeverityLevel severity_level_of(double score);

}  // namespace plimsoll
