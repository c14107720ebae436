#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "repository/take_offers.h"

namespace plimsoll::analyzer {

// What this machine's own package lists say: they hold for trees of the same release that have none. Facts that were
// parsed in a worker; read once a run.
struct HostOffers {
  std::optional<OsRelease> os;
  bool apt_read = false;  // the lists were looked at: only for a tree of this machine's release
  repository::AptLists apt;
  std::map<std::string, std::string> files;  // of apk: its index and keys
};

// What they are wanted for.
struct HostOrder {
  std::optional<OsRelease> os;  // of the tree that asks
  repository::HostWish wish;
};

// What one URL gave.
struct Fetched {
  std::optional<std::string> bytes;  // nothing: there is no such file, unless `fault` says more
  std::string fault;
  bool unreachable = false;  // the server did not answer, so asking it for more is of no use
};

// What has been asked for and given until now, for the one who reads the lists of a tree and may open nothing.
struct OfferHelp {
  bool repositories = false, changelogs = false;  // repository::MayFetch
  std::optional<HostOffers> host;                 // nothing: not asked for yet
  std::map<std::string, Fetched> fetched;
};

// What the repositories of a tree offer, or what is needed to tell.
struct OfferAnswer {
  Offered offered;
  bool needs_host = false;
  std::vector<std::string> needs_urls;
  bool complete() const { return !needs_host && needs_urls.empty(); }
};

// Pure but for reading `files`. What is not in `help` is asked for in the answer, whose `offered` is then right only if
// it cannot be had.
OfferAnswer answer_offers(repository::Files files, const std::optional<OsRelease>& os,
                          const std::vector<Package>& packages, const OfferHelp& help);

// The lists of this machine, read below the directory `root` (taken over).
Result<HostOffers> read_host_offers(int root, const HostOrder& order);

// Gets what answers ask for: this machine's lists, read in a worker, and, where the settings allow it, files of the
// network. Remembers both, so that many trees of one release cost it once.
class OfferDesk {
 public:
  // `one_tree`: no more than one will ever ask.
  OfferDesk(const Settings& settings, bool one_tree) : settings_(&settings), one_tree_(one_tree) {}
  // What is known before anything is asked.
  OfferHelp begin() const;
  // Adds what `answer` needs for a tree with this system and these packages to `help`; false when nothing of it can be
  // had.
  bool serve(const OfferAnswer& answer, const std::optional<OsRelease>& os, const std::vector<Package>& packages,
             OfferHelp& help);

 private:
  const Settings* settings_;
  bool one_tree_;
  std::optional<HostOffers> host_;
  std::optional<std::optional<OsRelease>> host_os_;  // of this machine, once it was looked at
  std::map<std::string, Fetched> fetched_;
  std::set<std::string> dead_servers_;
  size_t held_ = 0;  // bytes of fetched_

  bool is_of_another_release(const std::optional<OsRelease>& os, const std::vector<Package>& packages);
  HostOffers host_for(const std::optional<OsRelease>& os, const std::vector<Package>& packages);
  Fetched fetch(const std::string& url);
};

}  // namespace plimsoll::analyzer
