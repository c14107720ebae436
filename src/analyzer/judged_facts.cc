#include "analyzer/judged_facts.h"

#include <map>

#include "analyzer/engine_packages.h"

namespace plimsoll::analyzer {
namespace {

constexpr const char* kSource = "threat database";

// Runtimes that a package of the distribution brought: it mends them under version numbers of its own.
FactTree packaged(const AssetReport& host) {
  std::set<std::string> found;
  for (const Package& package : host.packages) {
    const bool answers = is_os_package(package.type) && !package.ecosystem.empty();
    if (const std::string name = runtime_of_package(package); answers && !name.empty()) found.insert(name);
  }
  return FactTree::texts_of(found, "package databases");
}

// Of each runtime that anybody's advisories speak of, the flaws that a version known to the database mends.
FactTree mended_flaws(const AssetReport& host) {
  std::map<std::string, std::set<std::string>> flaws;
  for (const Package& package : host.packages) {
    const std::string name = package.ecosystem.empty() ? std::string() : runtime_of_package(package);
    if (!name.empty()) flaws.try_emplace(name);
  }
  for (const Threat& threat : host.threats) {
    if (threat.kind != ThreatKind::vulnerability || !threat.package || threat.fixed_version.empty()) continue;
    const auto runtime = flaws.find(runtime_of_package(*threat.package));
    if (runtime != flaws.end()) runtime->second.insert(threat.id.value);
  }
  std::map<std::string, FactTree> out;
  for (const auto& [name, ids] : flaws) out[name] = FactTree::texts_of(ids, kSource);
  return FactTree::map_of(std::move(out), kSource);
}

}  // namespace

benchmark::JudgedByNode judged_facts(const Report& report, const Constants& constants, bool looked_up) {
  benchmark::JudgedByNode out;
  for (const AssetReport& asset : report.assets) {
    if (asset.asset.kind != AssetKind::host) continue;
    const auto& accounts = constants.of(asset).trusted_accounts;
    const std::set<std::string> trusted(accounts.begin(), accounts.end());  // in order
    FactTree judged = benchmark::nothing_judged();
    judged.members["trusted_accounts"] = FactTree::texts_of(trusted, "policy");
    if (!asset.packages.empty()) {
      judged.members["packaged"] = packaged(asset);
      judged.members["mended_flaws"] =
          looked_up ? mended_flaws(asset) : FactTree::unknown_because("there is no threat database");
    }
    out[asset.asset.node] = std::move(judged);
  }
  return out;
}

}  // namespace plimsoll::analyzer
