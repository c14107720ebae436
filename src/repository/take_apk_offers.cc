#include <algorithm>
#include <map>

#include "base/text.h"
#include "repository/apk_index.h"
#include "repository/offers.h"
#include "version/compare.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_index = size_t{64} << 20;

// One index at hand, and where it was found.
struct Held {
  std::string url, path, found_in;
  const Files* files;
};

std::vector<std::string> repositories_of(const Files& files) {
  const std::string* text = files.find("etc/apk/repositories");
  return text == nullptr ? std::vector<std::string>() : parse_apk_repositories(*text);
}

// Cached indexes of the named repositories. Where none carries the expected name (another apk names them otherwise),
// all that are there: their signatures say whose they are.
std::vector<Held> cached(const Files& files, const std::string& found_in) {
  std::vector<Held> out;
  const std::vector<std::string> repositories = repositories_of(files);
  for (const std::string_view folder : {"etc/apk/cache/", "var/cache/apk/"}) {
    for (const std::string& url : repositories) {
      const std::string path = std::string(folder) + apk_cache_name(url);
      if (files.find(path) != nullptr) out.push_back({url, path, found_in, &files});
    }
    if (!out.empty()) return out;
  }
  for (const std::string_view folder : {"etc/apk/cache/", "var/cache/apk/"}) {
    for (const std::string& path : files.below(folder, ".tar.gz")) out.push_back({path, path, found_in, &files});
  }
  return out;
}

std::vector<Held> fetch(Files& files, const std::string& arch, Sources& sources, IncompleteList& gaps) {
  std::vector<Held> out;
  for (const std::string& url : repositories_of(files)) {
    const auto index = sources.fetch(url + "/" + arch + "/APKINDEX.tar.gz", max_index);
    if (index.ok() && *index) {
      const std::string path = "var/cache/apk/" + apk_cache_name(url);
      files.set(path, **index);
      out.push_back({url, path, "the network", &files});
    } else {
      gaps.push_back({"repository " + printable(url, 200),
                      index.ok() ? "the server has no index" : printable(index.error().message),
                      "check the network and the proxy settings"});
    }
  }
  return out;
}

// Names that etc/apk/world binds to a version ("curl=8.1.2-r0", "curl<8.2", "curl~8.1").
std::vector<std::string> bound_names(const Files& files) {
  std::vector<std::string> out;
  const std::string* world = files.find("etc/apk/world");
  for (const std::string_view word : world == nullptr ? std::vector<std::string_view>() : split_words(*world)) {
    const size_t end = word.find_first_of("=<>~");
    if (end != std::string_view::npos && word[end] != '>') out.emplace_back(word.substr(0, end));
  }
  std::ranges::sort(out);
  return out;
}

void read_index(const Held& held, const std::vector<Package>& packages, Offered& out) {
  const std::string& bytes = *held.files->find(held.path);
  Result<ApkIndex> index = parse_apk_index(bytes);
  if (!index.ok()) {
    out.not_assessed.push_back({"package index " + printable(held.url, 200), index.error().message, "apk update"});
    return;
  }
  OfferedList list;
  list.uri = held.url;
  list.origin = "Alpine";
  list.found_in = held.found_in;
  list.date = index->date;
  list.security = true;  // a release's repositories bring repairs only, and there is no suite beside them
  const Status verified = verify_apk_index(*index, bytes, *held.files);
  list.verified = verified.ok();
  if (!verified.ok()) list.unverified = verified.error().message;
  std::map<std::string_view, const ApkEntry*> newest;
  for (const ApkEntry& entry : index->entries) {
    const ApkEntry*& best = newest[entry.name];
    const auto order = best == nullptr ? std::optional(std::weak_ordering::greater)
                                       : version::compare(version::Scheme::apk, entry.version, best->version);
    if (order && *order > 0) best = &entry;
  }
  for (const Package& package : packages) {
    const auto found = newest.find(package.name);
    if (package.type != PackageType::apk || found == newest.end()) continue;
    const auto order = version::compare(version::Scheme::apk, found->second->version, package.version);
    if (!order || *order <= 0) continue;
    OfferedVersion version;
    version.package = package.name;
    version.arch = package.arch;
    version.installed = package.version;
    version.version = version.source_version = found->second->version;
    version.source_name = found->second->origin;
    version.list = static_cast<uint32_t>(out.lists.size());
    out.versions.push_back(std::move(version));
  }
  out.lists.push_back(std::move(list));
}

}  // namespace

bool same_apk_release(const std::optional<OsRelease>& a, const std::optional<OsRelease>& b) {
  const std::string left = a ? osv_ecosystem(*a) : "", right = b ? osv_ecosystem(*b) : "";
  return !left.empty() && left == right;
}

Offered take_apk_offers(Files& files, const std::optional<OsRelease>& os, const std::vector<Package>& packages,
                        Sources& sources) {
  Offered out;
  out.held = bound_names(files);
  std::vector<Held> held;
  const auto some = std::ranges::find_if(packages, [](const Package& p) { return p.type == PackageType::apk; });
  if (sources.may().repositories) held = fetch(files, some->arch, sources, out.not_assessed);
  if (held.empty()) held = cached(files, "the tree");
  if (held.empty() && same_apk_release(os, sources.host().os)) held = cached(sources.host().files, "the host");
  for (const Held& one : held) read_index(one, packages, out);
  if (out.lists.empty())
    out.not_assessed.push_back(nothing_at_hand(
        "it has no package index that can be read",
        sources.may().repositories ? "apk update in it" : "apk update in it, or scan with --repositories"));
  std::ranges::sort(out.versions, {}, [](const OfferedVersion& v) { return std::tie(v.package, v.arch, v.list); });
  return out;
}

}  // namespace plimsoll::repository
