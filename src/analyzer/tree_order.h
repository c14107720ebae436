#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/reading.h"
#include "wire/describe.h"

// What goes to a worker that reads a tree and what comes back, described for wire/packed.h.
namespace plimsoll::analyzer {

struct TreeOrder {
  TreeSource::Kind kind = TreeSource::Kind::directory;
  std::string name;
  std::vector<std::string> skip;
  std::optional<std::vector<std::string>> mapped;
  bool mapped_complete = false;
  OfferHelp help;
};

// What a worker found in a tree. While `answer` is not complete, `kept` holds the files it was made from, for another
// go.
struct TreeReading {
  TreeFacts facts;
  OfferAnswer answer;
  std::map<std::string, std::string> kept;
};

// Another go at the answer alone, with more help.
struct OfferOrder {
  std::optional<OsRelease> os;
  std::vector<Package> packages;
  std::map<std::string, std::string> kept;
  OfferHelp help;
};

constexpr std::array<std::string_view, 4> source_kinds{"directory", "archive", "layout", "stream"};

inline std::string_view name_of(TreeSource::Kind kind) { return source_kinds.at(static_cast<size_t>(kind)); }
inline std::optional<TreeSource::Kind> parse_name(std::string_view text, TreeSource::Kind*) {
  for (size_t i = 0; i < source_kinds.size(); ++i) {
    if (source_kinds[i] == text) return static_cast<TreeSource::Kind>(i);
  }
  return std::nullopt;
}

template <class A, wire::Is<TreeOrder> T>
void describe(A& a, T& v) {
  a.member("kind", v.kind);
  a.member("name", v.name);
  a.member("skip", v.skip);
  a.member("mapped", v.mapped);
  a.member("mapped_complete", v.mapped_complete);
  a.member("help", v.help);
}

template <class A, wire::Is<HostOrder> T>
void describe(A& a, T& v) {
  a.member("os", v.os);
  a.member("wish", v.wish);
}

template <class A, wire::Is<HostOffers> T>
void describe(A& a, T& v) {
  a.member("os", v.os);
  a.member("apt_read", v.apt_read);
  a.member("apt", v.apt);
  a.member("files", v.files);
}

template <class A, wire::Is<Fetched> T>
void describe(A& a, T& v) {
  a.member("bytes", v.bytes);
  a.member("fault", v.fault);
  a.member("unreachable", v.unreachable);
}

template <class A, wire::Is<OfferHelp> T>
void describe(A& a, T& v) {
  a.member("repositories", v.repositories);
  a.member("changelogs", v.changelogs);
  a.member("host", v.host);
  a.member("fetched", v.fetched);
}

template <class A, wire::Is<OfferAnswer> T>
void describe(A& a, T& v) {
  a.member("offered", v.offered);
  a.member("needs_host", v.needs_host);
  a.member("needs_urls", v.needs_urls);
}

template <class A, wire::Is<TreeReading> T>
void describe(A& a, T& v) {
  a.member("facts", v.facts);
  a.member("answer", v.answer);
  a.member("kept", v.kept);
}

template <class A, wire::Is<OfferOrder> T>
void describe(A& a, T& v) {
  a.member("os", v.os);
  a.member("packages", v.packages);
  a.member("kept", v.kept);
  a.member("help", v.help);
}

template <class A, wire::Is<TreeFacts> T>
void describe(A& a, T& v) {
  a.member("os", v.os);
  a.member("packages", v.packages);
  a.member("not_assessed", v.not_assessed);
  a.member("setuid_files", v.setuid_files);
  a.member("digest", v.config.digest);
  a.member("tags", v.config.tags);
  a.member("image_os", v.config.os);
  a.member("architecture", v.config.architecture);
  a.member("user", v.config.user);
  a.member("exposed_ports", v.config.exposed_ports);
}

}  // namespace plimsoll::analyzer

namespace plimsoll::repository {

template <class A, wire::Is<PinTarget> T>
void describe(A& a, T& v) {
  a.member("package", v.package);
  a.member("source", v.source);
  a.member("version", v.version);
  a.member("architecture", v.architecture);
  a.member("archive", v.archive);
  a.member("codename", v.codename);
  a.member("release_version", v.release_version);
  a.member("origin", v.origin);
  a.member("label", v.label);
  a.member("component", v.component);
  a.member("host", v.host);
  a.member("not_automatic", v.not_automatic);
  a.member("but_automatic_upgrades", v.but_automatic_upgrades);
}

template <class A, wire::Is<InstalledVersion> T>
void describe(A& a, T& v) {
  a.member("name", v.name);
  a.member("version", v.version);
}

template <class A, wire::Is<HostWish> T>
void describe(A& a, T& v) {
  a.member("installed", v.installed);
  a.member("only_these", v.only_these);
  a.member("all_suites", v.all_suites);
}

template <class A, wire::Is<AptEntry> T>
void describe(A& a, T& v) {
  a.member("name", v.name);
  a.member("arch", v.arch);
  a.member("version", v.version);
  a.member("source", v.source);
  a.member("source_version", v.source_version);
  a.member("component", v.component);
  a.member("needs", v.needs);
  a.member("list", v.list);
}

// What comes back from a worker is indexed by `list` and in parallel: checked by well_formed().
template <class A, wire::Is<AptLists> T>
void describe(A& a, T& v) {
  a.member("lists", v.lists);
  a.member("releases", v.releases);
  a.member("changelogs", v.changelogs);
  a.member("entries", v.entries);
  a.member("not_assessed", v.not_assessed);
  a.member("suites", v.suites);
  a.member("whole", v.whole);
  a.member("native", v.native);
}

inline bool well_formed(const AptLists& v) {
  for (const AptEntry& entry : v.entries) {
    if (entry.list >= v.lists.size()) return false;
  }
  return v.releases.size() == v.lists.size() && v.changelogs.size() == v.lists.size();
}

}  // namespace plimsoll::repository
