#include "network/detect/findings.h"

#include <algorithm>
#include <tuple>

namespace plimsoll::network {
namespace {

constexpr size_t kMostCves = 16;

void add_cves(std::vector<std::string>& to, const std::vector<std::string>& more) {
  for (const std::string& cve : more) {
    if (to.size() < kMostCves && std::find(to.begin(), to.end(), cve) == to.end()) to.push_back(cve);
  }
}

void fold(Finding& into, Finding& more) {
  const bool worse = std::tie(more.outcome, more.severity) > std::tie(into.outcome, into.severity);
  if (worse) {
    into.evidence = std::move(more.evidence);
    into.title = std::move(more.title);
  }
  into.outcome = std::max(into.outcome, more.outcome);
  into.severity = std::max(into.severity, more.severity);
  into.from_outside_only = into.from_outside_only && more.from_outside_only;
  if (into.source.port != more.source.port) into.source.port = 0;
  add_cves(into.cves, more.cves);
  into.count += more.count;
  into.first_seen = std::min(into.first_seen, more.first_seen);
  into.last_seen = std::max(into.last_seen, more.last_seen);
}

}  // namespace

void Findings::tell(Finding finding) {
  if (finding.count == 0) finding.count = 1;
  Key key{finding.detector, finding.source.address, finding.target};
  const auto found = findings_.find(key);
  if (found != findings_.end()) {
    fold(found->second, finding);
  } else if (findings_.size() >= kMost) {
    ++untold_;
  } else {
    findings_.emplace(std::move(key), std::move(finding));
  }
}

Finding Findings::about(const DetectorRow& row, const FlowRecord& flow, Time at, std::string evidence) {
  Finding out;
  out.detector = row.id;
  out.severity = row.severity;
  out.technique = row.technique;
  out.title = row.title;
  out.evidence = std::move(evidence);
  out.source = flow.key.client;
  out.target = flow.key.server;
  out.first_seen = out.last_seen = at;
  return out;
}

void Findings::lost(std::string_view detector, uint64_t entries) {
  const auto found = lost_.find(detector);
  if (found != lost_.end()) {
    found->second += entries;
  } else {
    lost_.emplace(detector, entries);
  }
}

std::vector<Finding> Findings::all() const {
  std::vector<Finding> out;
  out.reserve(findings_.size());
  for (const auto& [key, finding] : findings_) out.push_back(finding);
  std::stable_sort(out.begin(), out.end(),
                   [](const Finding& a, const Finding& b) { return a.first_seen < b.first_seen; });
  return out;
}

IncompleteList Findings::losses() const {
  IncompleteList out;
  for (const auto& [detector, entries] : lost_) {
    out.push_back({"detector " + detector,
                   "its table was full: " + std::to_string(entries) + " entries were forgotten before their time",
                   {}});
  }
  if (untold_ > 0) {
    out.push_back({"network findings",
                   std::to_string(untold_) + " beyond the bound of " + std::to_string(kMost) + " were left out",
                   {}});
  }
  return out;
}

}  // namespace plimsoll::network
