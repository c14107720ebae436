#include "assess/pending.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/text.h"
#include "model/names.h"
#include "version/compare.h"

namespace plimsoll::assess {
namespace {

constexpr int kInstalledPriority = 100;  // of the version that is installed: apt_preferences(5)
constexpr size_t kMaxNamed = 6;

std::optional<version::Scheme> scheme_of(PackageType type) {
  switch (type) {
    case PackageType::deb:
      return version::Scheme::dpkg;
    case PackageType::apk:
      return version::Scheme::apk;
    case PackageType::rpm:
      return version::Scheme::rpm;
    default:
      return std::nullopt;
  }
}

std::string named(const std::vector<std::string>& list) {
  std::vector<std::string> shown;
  for (const std::string& one : list) {
    if (shown.size() < kMaxNamed) shown.push_back(printable(one, 100));
  }
  const size_t more = list.size() - shown.size();
  return join(shown, ", ") + (more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string name_of_list(const OfferedList& list) {
  const std::string origin = list.label.empty() ? list.origin : list.label;
  if (origin.empty()) return printable(list.uri, 200);
  const std::string suite = list.codename.empty() ? list.suite : list.codename;
  return printable(origin, 100) + (suite.empty() ? " " + printable(list.uri, 200) : " " + printable(suite, 100));
}

std::string day_of(const std::optional<Instant>& at) { return at ? format_rfc3339(*at).substr(0, 10) : ""; }

// What is offered for one installed package, weighed as apt does.
struct Choice {
  const OfferedVersion* security = nullptr;   // the newest that a security suite has
  const OfferedVersion* candidate = nullptr;  // what an upgrade would install; null: the installed one stays
  const OfferedVersion& shown() const { return *(candidate != nullptr ? candidate : security); }
};

std::optional<Choice> choose(const std::vector<const OfferedVersion*>& versions, const std::vector<OfferedList>& lists,
                             version::Scheme scheme) {
  Choice choice;
  int installed_priority = kInstalledPriority;
  for (const OfferedVersion* v : versions) {
    if (v->version == v->installed) installed_priority = std::max(installed_priority, v->priority);
    const bool newer = version::is_newer(scheme, v->version, v->installed);
    if (newer && lists[v->list].security &&
        (choice.security == nullptr || version::is_newer(scheme, v->version, choice.security->version)))
      choice.security = v;
  }
  if (choice.security == nullptr) return std::nullopt;
  std::map<std::string_view, int> priority;  // of a version: the highest of the lists that have it
  for (const OfferedVersion* v : versions) {
    const auto [place, is_new] = priority.emplace(v->version, v->priority);
    if (!is_new) place->second = std::max(place->second, v->priority);
  }
  const OfferedVersion* best = nullptr;
  for (const OfferedVersion* v : versions) {
    const int own = priority[v->version];
    if (own <= 0 || own < installed_priority || !version::is_newer(scheme, v->version, v->installed)) continue;
    const int others = best == nullptr ? 0 : priority[best->version];
    if (own > others || (own == others && version::is_newer(scheme, v->version, best->version))) best = v;
  }
  // A newer version that is older than the security suite's does not bring its repairs.
  if (best != nullptr && !version::is_newer(scheme, choice.security->version, best->version)) choice.candidate = best;
  // Of equal versions, the security suite's own entry.
  if (choice.candidate != nullptr && choice.candidate->version == choice.security->version)
    choice.candidate = choice.security;
  return choice;
}

Severity severity_of_word(const std::string& word) {
  constexpr std::pair<std::string_view, SeverityLevel> words[] = {{"critical", SeverityLevel::critical},
                                                                  {"important", SeverityLevel::high},
                                                                  {"moderate", SeverityLevel::medium},
                                                                  {"low", SeverityLevel::low}};
  for (const auto& [text, level] : words) {
    if (text == lower(word)) return {.level = level, .score = {}, .vector = {}, .source = "updateinfo"};
  }
  return {};
}

class Judge {
 public:
  Judge(const AssetReport& asset, Instant now, int stale_days) : asset_(asset), now_(now), stale_days_(stale_days) {}

  PendingUpdates run() {
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, const Package*> packages;
    for (const Package& p : asset_.packages) {
      if (scheme_of(p.type)) packages[{p.name, p.arch, p.version}] = &p;
    }
    std::map<const Package*, std::vector<const OfferedVersion*>> offers;
    std::vector<const Package*> order;
    for (const OfferedVersion& v : asset_.offered.versions) {
      const auto package = packages.find({v.package, v.arch, v.installed});
      if (package == packages.end() || v.list >= asset_.offered.lists.size()) continue;
      auto& list = offers[package->second];
      if (list.empty()) order.push_back(package->second);
      list.push_back(&v);
    }
    for (const Package* package : order) {
      const version::Scheme scheme = *scheme_of(package->type);
      if (const auto choice = choose(offers[package], asset_.offered.lists, scheme)) add(*package, *choice);
    }
    judge_lists();
    out_.not_assessed.insert(out_.not_assessed.end(), asset_.offered.not_assessed.begin(),
                             asset_.offered.not_assessed.end());
    return std::move(out_);
  }

 private:
  bool is_held(const Package& package) const {
    const auto& held = asset_.offered.held;
    return std::find(held.begin(), held.end(), package.name) != held.end();
  }

  std::string evidence_of(const Package& package, const Choice& choice) const {
    const OfferedVersion& shown = choice.shown();
    const OfferedList& security = asset_.offered.lists[choice.security->list];
    std::string out = fmt::format("installed {}; {} has {}", printable(package.version, 100), name_of_list(security),
                                  printable(choice.security->version, 100));
    if (security.date) out += " as of " + day_of(security.date);
    if (shown.version != choice.security->version)
      out += fmt::format("; {} has {}", name_of_list(asset_.offered.lists[shown.list]), printable(shown.version, 100));
    if (security.found_in != "the tree") out += "; by package lists of " + printable(security.found_in, 40);
    if (!choice.security->advisories.empty()) out += "; " + named(choice.security->advisories);
    if (!choice.security->cves.empty()) out += "; fixes " + named(choice.security->cves);
    if (is_held(package)) out += "; held back here, so no upgrade brings it";
    if (choice.candidate == nullptr) out += "; pinned away here, so no upgrade brings it";
    if (!shown.new_packages.empty())
      out += "; needs packages that are not installed (" + named(shown.new_packages) +
             "), so a plain upgrade keeps it back";
    return out;
  }

  std::string remedy_of(const Package& package, const Choice& choice) const {
    const std::string name = printable(package.name, 100);
    std::string out;
    if (is_held(package)) out += "end its hold, then ";
    if (choice.candidate == nullptr) out += "change its pin, then ";
    if (package.type == PackageType::deb) {
      const char* how = choice.shown().new_packages.empty() ? "apt-get install --only-upgrade " : "apt-get install ";
      out += how + name;
    } else {
      out += (package.type == PackageType::apk ? "apk upgrade " : "dnf upgrade ") + name;
    }
    return out + (asset_.host ? "" : ", or rebuild the image with it");
  }

  // The worst of the asset's vulnerabilities that carry one of these ids.
  const Threat* worst_of(const std::set<std::string>& ids) const {
    const Threat* worst = nullptr;
    for (const Threat& threat : asset_.threats) {
      if (threat.kind != ThreatKind::vulnerability) continue;
      const bool named = ids.count(threat.id.value) != 0 ||
                         std::any_of(threat.aliases.begin(), threat.aliases.end(),
                                     [&](const std::string& alias) { return ids.count(alias) != 0; });
      const auto key = [](const Threat& t) { return std::pair(t.severity.level, t.severity.score.value_or(0)); };
      if (named && (worst == nullptr || key(threat) > key(*worst))) worst = &threat;
    }
    return worst;
  }

  void add(const Package& package, const Choice& choice) {
    Threat threat;
    threat.id = {"update:" + package.name};
    threat.kind = ThreatKind::patch;
    threat.title = "A security update of " + printable(package.name, 100) + " is pending";
    threat.package = package;
    threat.fixed_version = choice.shown().version;
    std::set<std::string> ids(choice.security->cves.begin(), choice.security->cves.end());
    threat.severity = severity_of_word(choice.security->severity);
    if (const Threat* worst = worst_of(ids)) threat.severity = worst->severity;
    ids.insert(choice.security->advisories.begin(), choice.security->advisories.end());
    threat.aliases.assign(ids.begin(), ids.end());
    threat.evidence = evidence_of(package, choice);
    threat.remedy = remedy_of(package, choice);
    out_.threats.push_back(std::move(threat));
  }

  void judge_lists() {
    for (const OfferedList& list : asset_.offered.lists) {
      const auto tell = [&](const std::string& reason) {
        const std::string where = list.found_in == "the host" ? "on the host" : "in it";
        out_.not_assessed.push_back(
            {"whether " + name_of_list(list) + " offers more (" + printable(list.uri, 200) + ")", reason,
             "bring its package lists up to date " + where});
      };
      if (!list.verified)
        tell("its package list is used though it cannot be trusted: " + printable(list.unverified, 300));
      if (list.valid_until && *list.valid_until < now_)
        tell("its package list expired on " + day_of(list.valid_until));
      else if (list.security && !list.valid_until && list.date && now_ - *list.date > std::chrono::days(stale_days_))
        tell("its package list is of " + day_of(list.date));
    }
  }

  const AssetReport& asset_;
  Instant now_;
  int stale_days_;
  PendingUpdates out_;
};

}  // namespace

PendingUpdates pending_updates(const AssetReport& asset, Instant now, int stale_days) {
  return Judge(asset, now, stale_days).run();
}

}  // namespace plimsoll::assess
