#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "threatdb/kernel.h"
#include "threatdb/state.h"
#include "threatdb/threat_of.h"

namespace plimsoll::threatdb {
namespace {

constexpr std::string_view import_remedy =
    "fetch a feed that has them with `plimsoll db update` or `plimsoll db import`";

// An unknown severity is not a harmless one: it stands in the middle.
double badness(const Threat& threat) { return threat.severity.score.value_or(5.0); }

bool is_worse(const Threat& a, const Threat& b) {
  if (badness(a) != badness(b)) return badness(a) > badness(b);
  if (a.known_exploited != b.known_exploited) return a.known_exploited;
  const double epss_a = a.epss.value_or(0), epss_b = b.epss.value_or(0);
  if (epss_a != epss_b) return epss_a > epss_b;
  return std::tie(a.id, a.package->name, a.package->version, a.package->arch, a.package->locations) <
         std::tie(b.id, b.package->name, b.package->version, b.package->arch, b.package->locations);
}

std::string count_of(size_t packages, std::string_view word) {
  return std::to_string(packages) + (word.empty() ? "" : " " + std::string(word)) +
         (packages == 1 ? " package" : " packages");
}

// The starter pack is some hundred vulnerabilities: whoever has only that must hear of it with every result.
Incomplete beyond_starter_pack(const ThreatDbInfo& info) {
  return {"vulnerabilities beyond the starter pack",
          "there is no threat database: only the " + std::to_string(info.records) +
              " entries built into the program were looked for",
          "plimsoll db update"};
}

// Gathers what all packages of an inventory give.
class Matching {
 public:
  explicit Matching(Reader& reader) : reader_(reader) {}

  void add(const Package& package) {
    if (package.ecosystem.empty()) {
      ++without_ecosystem_[package.type];
      return;
    }
    if (!covered(package.ecosystem)) {
      ++uncovered_[package.ecosystem];
      return;
    }
    const Hits hits = look_up(reader_, package);
    if (!hits.not_comparable.empty()) note_not_comparable(package, hits.not_comparable);
    auto found = threats_of(reader_, package, hits);
    std::move(found.begin(), found.end(), std::back_inserter(out_.threats));
  }

  void note(Incomplete what) { out_.not_assessed.push_back(std::move(what)); }

  Result<Matches> finish() {
    if (!reader_.good()) return reader_.damage();
    for (const auto& [type, count] : without_ecosystem_) {
      note({count_of(count, name_of(type)), "the system or its release is not known, so no advisories apply", ""});
    }
    for (const auto& [ecosystem, count] : uncovered_) {
      note({count_of(count, "") + " of " + printable(ecosystem, 100), "no advisories in the database",
            std::string(import_remedy)});
    }
    std::sort(out_.threats.begin(), out_.threats.end(), is_worse);
    std::sort(out_.not_assessed.begin(), out_.not_assessed.end());
    return std::move(out_);
  }

 private:
  bool covered(const std::string& ecosystem) {
    const auto known = covered_.find(ecosystem);
    if (known != covered_.end()) return known->second;
    return covered_[ecosystem] = has_advisories(reader_, ecosystem);
  }

  void note_not_comparable(const Package& package, const std::vector<std::string>& records) {
    std::string named;
    for (size_t i = 0; i < records.size() && i < 3; ++i) named += (i == 0 ? "" : ", ") + printable(records[i], 100);
    if (records.size() > 3) named += " and " + std::to_string(records.size() - 3) + " more";
    const std::string version = package.version.empty() ? "without a version" : printable(package.version, 200);
    note({printable(package.name, 200) + " " + version + " (" + printable(package.ecosystem, 100) + ")",
          "its version can not be compared with " + named, ""});
  }

  Reader& reader_;
  Matches out_;
  std::map<std::string, bool> covered_;
  std::map<std::string, size_t> uncovered_;
  std::map<PackageType, size_t> without_ecosystem_;
};

void match_kernel(Matching& matching, const Inventory& inventory, const MatchContext& context) {
  if (context.running_kernel.empty()) {
    matching.note({"running kernel", "its release is not known", ""});
    return;
  }
  const auto kernel = running_kernel_package(inventory.packages, context.running_kernel);
  if (kernel) return matching.add(*kernel);
  matching.note({"kernel " + printable(context.running_kernel, 200), "not from a package", ""});
}

}  // namespace

Result<Matches> ThreatDb::match(const Inventory& inventory, const MatchContext& context) const {
  Reader reader(*state_->file);
  Matching matching(reader);
  for (const Package& package : inventory.packages) {
    if (package.owned_by.empty() && !is_kernel_package(package)) matching.add(package);
  }
  if (context.asset == AssetKind::host) match_kernel(matching, inventory, context);
  if (info().starter_pack) matching.note(beyond_starter_pack(info()));
  return matching.finish();
}

Result<Matches> ThreatDb::query(std::string_view purl) const {
  PLIMSOLL_TRY(package, package_of_purl(purl));
  if (package.version.empty()) {
    return Error{ErrorKind::malformed, "the package URL has no version", printable(purl, 500),
                 "write it as pkg:TYPE/NAME@VERSION"};
  }
  Reader reader(*state_->file);
  Matching matching(reader);
  matching.add(package);
  if (info().starter_pack) matching.note(beyond_starter_pack(info()));
  return matching.finish();
}

}  // namespace plimsoll::threatdb
