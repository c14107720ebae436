#include <set>
#include <tuple>

#include "base/sha256.h"
#include "journal/asset_details.h"
#include "journal/packing.h"
#include "journal/world.h"
#include "wire/json_writer.h"
#include "wire/report_json.h"

namespace plimsoll::journal {
namespace {

SeverityCounts count(const std::vector<Threat>& threats) {
  SeverityCounts counts;
  for (const Threat& threat : threats) {
    switch (threat.severity.level) {
      case SeverityLevel::critical:
        ++counts.critical;
        break;
      case SeverityLevel::high:
        ++counts.high;
        break;
      case SeverityLevel::medium:
        ++counts.medium;
        break;
      case SeverityLevel::low:
        ++counts.low;
        break;
      case SeverityLevel::unknown:
        ++counts.unknown;
        break;
    }
  }
  return counts;
}

std::string labels_json(const Asset& asset) {
  wire::JsonWriter out;
  out.begin_object();
  for (const auto& [key, value] : asset.labels) out.member(key, value);
  out.end_object();
  return one_line(std::move(out).take());
}

std::vector<PreparedThreat> prepare_threats(const std::vector<Threat>& threats) {
  std::vector<PreparedThreat> out;
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> met;
  for (const Threat& threat : threats) {
    const std::string_view package = threat.package ? std::string_view(threat.package->name) : std::string_view();
    const std::string_view version = threat.package ? std::string_view(threat.package->version) : std::string_view();
    if (!met.emplace(threat.id.value, package, version).second) continue;
    out.push_back({&threat, holdable(threat.id.value), holdable(package), holdable(version), rank_of(threat)});
  }
  return out;
}

PreparedAsset prepare_asset(const AssetReport& asset, const Recording& how) {
  PreparedAsset out;
  out.report = &asset;
  out.counts = count(asset.threats);
  if (asset.os) out.os = asset.os->version_id.empty() ? asset.os->id : asset.os->id + " " + asset.os->version_id;
  out.labels = labels_json(asset.asset);
  out.details = asset_details(asset);
  out.body = compress(wire::asset_to_json(asset));
  out.facts = compress(facts_text(asset));
  const std::string inventory = inventory_text(asset);
  out.inventory_hash = sha256_hex(inventory);
  out.inventory = compress(inventory);
  if (const auto it = how.gathered_gaps.find(asset.asset.id); it != how.gathered_gaps.end())
    out.gaps = compress(gaps_text(it->second));
  out.threats = prepare_threats(asset.threats);
  return out;
}

std::string overview_of(const Report& report) {
  Report part;
  part.generated_at = report.generated_at;
  part.tool_version = report.tool_version;
  part.threat_db = report.threat_db;
  part.fixes = report.fixes;
  part.together = report.together;
  part.benchmarks = report.benchmarks;
  part.incomplete = report.incomplete;
  part.network = report.network;
  part.sandbox = report.sandbox;
  return wire::report_to_json(part);
}

}  // namespace

int64_t rank_of(const Threat& threat) {
  constexpr double by_level[] = {5, 2.5, 5.5, 8, 9.5};  // unknown, low, medium, high, critical: as ScoringPolicy
  const double score = threat.severity.score.value_or(by_level[static_cast<size_t>(threat.severity.level)]);
  return (threat.known_exploited ? 1'000'000 : 0) + static_cast<int64_t>(score * 1000);
}

std::map<AssetId, IncompleteList> gaps_of(const Report& gathered) {
  std::map<AssetId, IncompleteList> gaps;
  for (const AssetReport& asset : gathered.assets) gaps[asset.asset.id] = asset.assessment.not_assessed;
  return gaps;
}

PreparedReport prepare(const Report& report, const Recording& how) {
  PreparedReport out{&report, &how, {}, {}, {}};
  for (const AssetReport& asset : report.assets) out.assets.push_back(prepare_asset(asset, how));
  if (how.whole) {
    out.overview = compress(overview_of(report));
    out.flows = compress(between_text(report));
  }
  return out;
}

}  // namespace plimsoll::journal
