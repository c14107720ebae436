#include "assess/shared_threats.h"

namespace plimsoll::assess {
namespace {

Package judged_part(const Package& package) {
  Package out;
  out.type = package.type;
  out.ecosystem = package.ecosystem;
  out.name = package.name;
  out.version = package.version;
  out.source_name = package.source_name;
  out.source_version = package.source_version;
  out.loaded = package.loaded;
  return out;
}

// What ThreatTable, contributions and the proposals of fixes read.
Threat judged_part(const Threat& threat) {
  Threat out;
  out.id = threat.id;
  out.aliases = threat.aliases;
  out.kind = threat.kind;
  out.severity.level = threat.severity.level;
  out.severity.score = threat.severity.score;
  out.attack_vector = threat.attack_vector;
  if (threat.package) out.package = judged_part(*threat.package);
  out.fixed_version = threat.fixed_version;
  out.known_exploited = threat.known_exploited;
  out.epss = threat.epss;
  if (threat.kind != ThreatKind::benchmark) return out;
  out.title = threat.title;
  out.remedy = threat.remedy;
  return out;
}

}  // namespace

size_t SharedThreats::Hash::operator()(const Threat& threat) const {
  const std::hash<std::string> hash;
  const size_t id = hash(threat.id.value);
  return threat.package ? id * 31 + hash(threat.package->name) : id;
}

void SharedThreats::add(const AssetId& asset, const std::vector<Threat>& threats) {
  Listed& listed = of_[asset.value];
  listed.reserve(listed.size() + threats.size());
  for (const Threat& threat : threats) listed.push_back(&*threats_.insert(judged_part(threat)).first);
}

const Listed* SharedThreats::of(const AssetId& asset) const {
  const auto found = of_.find(asset.value);
  return found == of_.end() ? nullptr : &found->second;
}

}  // namespace plimsoll::assess
