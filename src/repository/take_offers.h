#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "model/inventory.h"
#include "model/offered.h"
#include "repository/apt_lists.h"
#include "repository/files.h"

namespace plimsoll::repository {

// GET of an http or https URL; nothing for a missing file. Larger than `limit` bytes is an error.
using Fetch = std::function<Result<std::optional<std::string>>(const std::string& url, size_t limit)>;

// The lists of this machine, which also hold for containers and images of the same release.
struct HostLists {
  std::optional<OsRelease> os;
  std::unique_ptr<rootfs::Tree> root;  // what `files` borrows; may be null
  Files files;
};

// Both are known, and apt's lists of the one hold for the other as far as the release goes.
bool same_apt_release(const std::optional<OsRelease>& a, const std::optional<OsRelease>& b);

// Likewise apk's indexes.
bool same_apk_release(const std::optional<OsRelease>& a, const std::optional<OsRelease>& b);

// What may be asked of the network.
struct MayFetch {
  bool repositories = false;  // the repositories that the sources of a tree name
  bool changelogs = false;    // the changelogs of pending updates
};

// What a run may use beside the files of a tree. Remembers what was read and fetched, so that many containers of one
// release or repository cost it once. Not thread-safe.
class Sources {
 public:
  // `host` is asked when a tree without lists of its own turns up; `fetch` may be empty: nothing is fetched.
  Sources(std::function<HostLists()> host, Fetch fetch, MayFetch may)
      : read_host_(std::move(host)), fetch_(std::move(fetch)), may_(may) {}

  const HostLists& host();
  const AptLists& host_apt_lists();
  // Puts lists that were read before in place of those that host() would give.
  void know_host_apt_lists(AptLists lists) { host_apt_ = std::move(lists); }
  const MayFetch& may() const { return may_; }
  // unsupported for other schemes, so that no tree makes us read a file of this machine.
  Result<std::optional<std::string>> fetch(const std::string& url, size_t limit);

 private:
  std::function<HostLists()> read_host_;
  Fetch fetch_;
  MayFetch may_;
  std::optional<HostLists> host_;
  std::optional<AptLists> host_apt_;
  std::map<std::string, Result<std::optional<std::string>>> fetched_;
  std::set<std::string> dead_hosts_;  // did not answer once
};

// What the repositories of a tree offer for its packages. `files` holds the tree's own (wants_repository_file); what is
// fetched is laid over them. Nothing fails: what could not be read is told in Offered::not_assessed. Empty for systems
// without packages of dpkg, apk or rpm.
Offered take_offers(Files files, const std::optional<OsRelease>& os, const std::vector<Package>& packages,
                    Sources& sources);

}  // namespace plimsoll::repository
