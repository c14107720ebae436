#pragma once
#include <fmt/core.h>

#include <memory>

#include "journal/journal.h"
#include "system/test_directory.h"

// For tests: reports made to order, and a journal in a directory that goes with the test.
namespace plimsoll::journal {

inline Instant at(int64_t seconds) { return Instant(std::chrono::seconds(1'800'000'000 + seconds)); }

inline Threat threat(const std::string& id, double score, const std::string& package = "openssl",
                     const std::string& fixed = "2") {
  Threat out;
  out.id = {id};
  out.title = "Something about " + id;
  out.severity = {score >= 9 ? SeverityLevel::critical : SeverityLevel::medium, score, "", "NVD"};
  out.fixed_version = fixed;
  if (!package.empty()) {
    out.package.emplace();
    out.package->name = package;
    out.package->version = "1";
  }
  return out;
}

inline AssetReport container(const std::string& name, int score, std::vector<Threat> threats = {}) {
  AssetReport out;
  out.asset.id = {"docker:" + name};
  out.asset.kind = AssetKind::container;
  out.asset.name = name;
  out.asset.node = "node-1";
  out.asset.image = "web:1";
  out.asset.status = "running";
  out.asset.labels = {{"team", "blue"}};
  out.os = OsRelease{"debian", "12", "bookworm", "Debian 12", {}};
  Package package;
  package.type = PackageType::deb;
  package.name = "openssl";
  package.version = "1";
  out.packages = {package};
  out.threats = std::move(threats);
  out.assessment.score = score;
  out.assessment.level = score >= 90 ? ThreatLevel::critical : score >= 40 ? ThreatLevel::medium : ThreatLevel::low;
  out.assessment.not_assessed = {{"a part", "because", ""}};
  out.scanned_at = at(0);
  return out;
}

inline Report report(std::vector<AssetReport> assets, Instant when = at(0)) {
  Report out;
  out.generated_at = when;
  out.tool_version = "test";
  out.assets = std::move(assets);
  return out;
}

inline Recording whole_node() {
  Recording how;
  how.whole_nodes = {"node-1"};
  return how;
}

inline NewEvent event(const std::string& text, const std::string& kind = "test.event") {
  return {kind, "user:anna", {"docker:web"}, fmt::format(R"({{"text":"{}"}})", text), {}};
}

}  // namespace plimsoll::journal
