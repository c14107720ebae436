#pragma once
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/inventory.h"
#include "model/offered.h"
#include "repository/apt_preferences.h"
#include "repository/apt_sources.h"
#include "repository/dpkg_system.h"
#include "repository/files.h"

namespace plimsoll::repository {

inline constexpr std::string_view apt_lists_directory = "var/lib/apt/lists/";
// How an index may be packed, in the order in which it is looked for.
inline constexpr std::array<std::string_view, 7> apt_packings{"", ".lz4", ".xz", ".gz", ".zst", ".bz2", ".lzma"};

// Which packages' entries are wanted.
using WantsPackage = std::function<bool(std::string_view name)>;
// Where the lists of a source were found: "the tree", "the host", "the network".
using FoundIn = std::function<std::string(const AptSource&)>;

// One version of one package in one list.
struct AptEntry {
  std::string name, arch, version, source, source_version, component;
  std::string needs;  // Pre-Depends and Depends
  size_t list = 0;
};

// What apt's lists of one tree hold for the packages asked for. Only lists that were used for it are named.
struct AptLists {
  std::vector<OfferedList> lists;
  std::vector<PinTarget> releases;      // parallel to lists: what pins compare
  std::vector<std::string> changelogs;  // parallel to lists: where a changelog is to be had, "" when not told
  std::vector<AptEntry> entries;
  IncompleteList not_assessed;
  size_t suites = 0;   // whose Release file was there, used or not
  bool whole = true;   // of read_host_lists(): false when nothing but security suites was read
  std::string native;  // architecture of the system whose lists they are; of read_host_lists() only
  bool has_security() const;
};

// The sources that /etc/apt of a tree names.
std::vector<AptSource> apt_sources(const Files& files);

// Reads the lists of `sources` from var/lib/apt/lists of `files` and checks their signatures with the keys of `files`:
// those of security suites for the packages of `system`. The other suites' are read for packages that are pending by
// them, for only there do they matter; where nothing is pending they are not looked at, and not named.
AptLists read_apt_lists(const Files& files, const std::vector<AptSource>& sources, const DpkgSystem& system,
                        const FoundIn& found_in);

// Packages that are installed somewhere, not necessarily in the tree whose lists are read.
struct InstalledVersion {
  std::string name, version;
};
using InstalledVersions = std::vector<InstalledVersion>;

// What the lists of a host are read for.
struct HostWish {
  InstalledVersions installed;  // what they are to be compared with, for now
  bool only_these = false;      // nothing else will be asked of them
  bool all_suites = false;      // as if one of them were pending
};

// The lists of `files`, for every package that a security suite among them has, as only those can be pending. Of other
// suites when one of `installed` is pending: AptLists::whole says whether.
AptLists read_host_lists(const Files& files, const HostWish& wish);

// Whether a security suite among `lists` has a newer version of one of them, of whatever architecture.
bool any_pending(const AptLists& lists, const InstalledVersions& installed);

// Of a host's lists, those of the distribution release `os` itself: they hold for every tree of that release and
// architecture.
AptLists lists_of_release(const AptLists& host, const OsRelease& os);

// What `lists` offer for those packages of `system` that a security suite has newer, with the pins of `files`.
Offered apt_offers(const AptLists& lists, const DpkgSystem& system, const Files& files);

}  // namespace plimsoll::repository
