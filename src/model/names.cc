#include "model/names.h"

#include "model/name_table.h"

namespace plimsoll {
namespace {

constexpr NameTable<AssetKind, 3> asset_kinds{{"host", "container", "image"}};
constexpr NameTable<PackageType, 12> package_types{
    {"deb", "rpm", "apk", "npm", "pypi", "golang", "maven", "gem", "nuget", "composer", "cargo", "other"}};
constexpr NameTable<Loaded, 3> loadeds{{"unknown", "no", "yes"}};
constexpr NameTable<Transport, 2> transports{{"tcp", "udp"}};
constexpr NameTable<ThreatKind, 7> threat_kinds{
    {"vulnerability", "benchmark", "network", "behaviour", "malware", "secret", "patch"}};
constexpr NameTable<SeverityLevel, 5> severity_levels{{"unknown", "low", "medium", "high", "critical"}};
constexpr NameTable<AttackVector, 5> attack_vectors{{"unknown", "network", "adjacent", "local", "physical"}};
constexpr NameTable<ThreatLevel, 5> threat_levels{{"minimal", "low", "medium", "high", "critical"}};
constexpr NameTable<Certainty, 3> certainties{{"maybe", "likely", "sure"}};
constexpr NameTable<Tristate, 3> tristates{{"no", "unknown", "yes"}};
constexpr NameTable<EventOutcome, 3> event_outcomes{{"attempt", "answered", "confirmed"}};
constexpr NameTable<Leads, 4> leads{{"host", "secrets", "sideways", "outage"}};
constexpr NameTable<FactTree::Kind, 7> fact_kinds{{"absent", "unknown", "boolean", "integer", "text", "list", "map"}};
constexpr NameTable<CheckOutcome, 5> check_outcomes{{"pass", "fail", "not applicable", "manual", "unknown"}};

}  // namespace

std::string_view name_of(AssetKind v) { return asset_kinds.of(v); }
std::string_view name_of(PackageType v) { return package_types.of(v); }
std::string_view name_of(Loaded v) { return loadeds.of(v); }
std::string_view name_of(Transport v) { return transports.of(v); }
std::string_view name_of(ThreatKind v) { return threat_kinds.of(v); }
std::string_view name_of(SeverityLevel v) { return severity_levels.of(v); }
std::string_view name_of(AttackVector v) { return attack_vectors.of(v); }
std::string_view name_of(ThreatLevel v) { return threat_levels.of(v); }
std::string_view name_of(Certainty v) { return certainties.of(v); }
std::string_view name_of(Tristate v) { return tristates.of(v); }
std::string_view name_of(EventOutcome v) { return event_outcomes.of(v); }
std::string_view name_of(Leads v) { return leads.of(v); }
std::string_view name_of(FactTree::Kind v) { return fact_kinds.of(v); }
std::string_view name_of(CheckOutcome v) { return check_outcomes.of(v); }

std::optional<AssetKind> parse_asset_kind(std::string_view t) { return asset_kinds.parse(t); }
std::optional<PackageType> parse_package_type(std::string_view t) { return package_types.parse(t); }
std::optional<Loaded> parse_loaded(std::string_view t) { return loadeds.parse(t); }
std::optional<Transport> parse_transport(std::string_view t) { return transports.parse(t); }
std::optional<ThreatKind> parse_threat_kind(std::string_view t) { return threat_kinds.parse(t); }
std::optional<SeverityLevel> parse_severity_level(std::string_view t) { return severity_levels.parse(t); }
std::optional<AttackVector> parse_attack_vector(std::string_view t) { return attack_vectors.parse(t); }
std::optional<ThreatLevel> parse_threat_level(std::string_view t) { return threat_levels.parse(t); }
std::optional<Certainty> parse_certainty(std::string_view t) { return certainties.parse(t); }
std::optional<Tristate> parse_tristate(std::string_view t) { return tristates.parse(t); }
std::optional<EventOutcome> parse_event_outcome(std::string_view t) { return event_outcomes.parse(t); }
std::optional<Leads> parse_leads(std::string_view t) { return leads.parse(t); }
std::optional<FactTree::Kind> parse_fact_kind(std::string_view t) { return fact_kinds.parse(t); }
std::optional<CheckOutcome> parse_check_outcome(std::string_view t) { return check_outcomes.parse(t); }

SeverityLevel severity_level_of(double score) {
  if (score >= 9.0) return SeverityLevel::critical;
  if (score >= 7.0) return SeverityLevel::high;
  if (score >= 4.0) return SeverityLevel::medium;
  return score > 0 ? SeverityLevel::low : SeverityLevel::unknown;
}

}  // namespace plimsoll
