#include <algorithm>
#include <map>
#include <tuple>

#include "base/sha256.h"
#include "base/text.h"
#include "repository/inflate.h"
#include "repository/offers.h"
#include "repository/openpgp.h"
#include "repository/updateinfo.h"
#include "version/compare.h"

namespace plimsoll::repository {
namespace {

constexpr uint64_t max_updateinfo = uint64_t{512} << 20;

bool is_newer(std::string_view version, std::string_view than) {
  return version::is_newer(version::Scheme::rpm, version, than);
}

// Of packages that may be installed in several versions at once (kernels) the newest is what counts.
using Installed = std::map<std::pair<std::string_view, std::string_view>, const Package*>;
Installed newest_installed(const std::vector<Package>& packages) {
  Installed out;
  for (const Package& package : packages) {
    if (package.type != PackageType::rpm) continue;
    const Package*& best = out[{package.name, package.arch}];
    if (best == nullptr || is_newer(package.version, best->version)) best = &package;
  }
  return out;
}

// An advisory of a module's stream speaks of that stream's packages alone, and the other way round.
bool same_module(const std::string& advisory, const std::string& installed) {
  if (advisory.empty() || installed.empty()) return advisory.empty() == installed.empty();
  return installed == advisory || installed.starts_with(advisory + ":");
}

Keyring distribution_keys(const Files& files) {
  Keyring ring;
  for (const std::string& path : files.below("etc/pki/rpm-gpg/")) ring.keys.push_back(*files.find(path));
  return ring;
}

// Why an updateinfo file is not what its repository's signed index announces; empty when it is.
std::string fault_of(const Files& files, const std::string& folder, const std::string& name, const std::string& bytes,
                     OfferedList& list) {
  const std::string* index = files.find(folder + "repomd.xml");
  if (index == nullptr) return "the repository's index repomd.xml is not there";
  const Result<RepoMd> repomd = parse_repomd(*index);
  if (!repomd.ok()) return "the repository's index repomd.xml " + repomd.error().message;
  list.date = repomd->date;
  const std::string hash = sha256_hex(bytes);
  const bool announced = std::ranges::any_of(
      repomd->indexes, [&](const RepoIndex& one) { return one.type == "updateinfo" && one.sha256 == hash; });
  if (!announced) return "the content of " + printable(name, 200) + " is not what repomd.xml announces";
  const std::string* signature = files.find(folder + "repomd.xml.asc");
  if (signature == nullptr) return "the repository does not sign its index repomd.xml";
  const Status verified = verify_detached(*index, *signature, distribution_keys(files));
  return verified.ok() ? "" : "repomd.xml: " + verified.error().message;
}

void take_notice(const UpdateNotice& notice, const Installed& installed, uint32_t list,
                 std::map<const Package*, OfferedVersion>& offers) {
  for (const UpdatePackage& update : notice.packages) {
    const auto found = installed.find({update.name, update.arch});
    if (found == installed.end()) continue;
    const Package& package = *found->second;
    if (!is_newer(update.version, package.version) || !same_module(update.module, package.module)) continue;
    OfferedVersion& offer = offers[&package];
    offer.package = package.name;
    offer.arch = package.arch;
    offer.installed = package.version;
    offer.list = list;
    offer.source_name = update.source.empty() ? package.source_name : update.source;
    if (offer.version.empty() || is_newer(update.version, offer.version)) {
      offer.version = update.version;
      offer.source_version = update.version;
    }
    offer.advisories.push_back(notice.id);
    offer.cves.insert(offer.cves.end(), notice.cves.begin(), notice.cves.end());
    static constexpr std::string_view order[] = {"", "low", "moderate", "important", "critical"};
    const auto rank = [](std::string_view word) { return std::ranges::find(order, lower(word)) - std::begin(order); };
    const bool known = rank(notice.severity) < static_cast<ptrdiff_t>(std::size(order));
    if (known && rank(notice.severity) > rank(offer.severity)) offer.severity = notice.severity;
  }
}

void sort_unique(std::vector<std::string>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Offered take_rpm_offers(const Files& files, const std::vector<Package>& packages) {
  Offered out;
  const Installed installed = newest_installed(packages);
  for (const std::string_view cache : {"var/cache/dnf/", "var/cache/libdnf5/", "var/cache/yum/", "var/cache/zypp/"}) {
    for (const std::string& path : files.below(cache)) {
      const size_t slash = path.rfind('/') + 1;
      const std::string folder = path.substr(0, slash), name = path.substr(slash);
      if (name.find("updateinfo.xml") == std::string::npos || name.ends_with(".solvx")) continue;
      const std::string& bytes = *files.find(path);
      Result<std::string> xml = inflate(bytes, max_updateinfo);
      auto notices = xml.ok() ? parse_updateinfo(*xml) : Result<std::vector<UpdateNotice>>(xml.error());
      if (!notices.ok()) {
        out.not_assessed.push_back(
            {"security advisories " + printable(path, 300), notices.error().message, "dnf makecache"});
        continue;
      }
      OfferedList list;
      // .../REPOSITORY-HASH/repodata/NAME
      const std::string above = folder.substr(0, folder.rfind('/', folder.size() - 2));
      list.uri = above.substr(above.rfind('/') + 1);
      list.suite = "updateinfo";
      list.found_in = "the tree";
      list.security = true;
      list.unverified = fault_of(files, folder, name, bytes, list);
      list.verified = list.unverified.empty();
      std::map<const Package*, OfferedVersion> offers;
      for (const UpdateNotice& notice : *notices) {
        take_notice(notice, installed, static_cast<uint32_t>(out.lists.size()), offers);
      }
      for (auto& [package, offer] : offers) {
        sort_unique(offer.advisories);
        sort_unique(offer.cves);
        out.versions.push_back(std::move(offer));
      }
      out.lists.push_back(std::move(list));
    }
  }
  if (out.lists.empty())
    out.not_assessed.push_back(nothing_at_hand("no repository's security advisories (updateinfo) are cached in it",
                                               "dnf updateinfo (or zypper refresh) in it"));
  const auto order = [](const OfferedVersion& v) { return std::tie(v.package, v.arch, v.list); };
  std::ranges::sort(out.versions, [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return out;
}

}  // namespace plimsoll::repository
