#pragma once
#include <optional>
#include <string>

#include "threatdb/feed_cache.h"
#include "threatdb/update.h"

namespace plimsoll::threatdb {

// What the sources of one update share.
struct Updating {
  const UpdateSettings& settings;
  FeedCache& cache;
  Downloader& downloader;
  IncompleteList& failed;
};

// A file as it stands at its source, against what the cache has of it.
struct Arrival {
  Fetched what = Fetched::absent;
  std::unique_ptr<FeedCache::Part> part;  // whole only
  FeedFacts facts;                        // whole only: origin and version
};
// Asks for `url`; only for news when `conditional` and the cache's `name` came from there.
Result<Arrival> ask(Updating& update, const std::string& url, const std::string& name, bool conditional);

// Refuses a source that holds nothing, or has lost more than the policy's share of its records.
Status check_loss(uint64_t before, uint64_t now, double max_loss);

// One ecosystem of OSV below the bucket's `base`: by single records where modified_id.csv names few, else by all.zip.
Result<SourceState> update_ecosystem(Updating& update, const std::string& base, const std::string& ecosystem);

// A feed that is one file: KEV, EPSS, CVSS by its name in a mirror.
Result<SourceState> update_feed(Updating& update, const std::string& url, const std::string& name);

// CVSS by CVE from the NVD API, laid over what cvss/cve-cvss.jsonl.gz holds: all, or what changed since the last time.
Result<SourceState> update_nvd(Updating& update, const std::string& url);

// "osv/Debian" of "osv/Debian/all.zip", "kev" of "kev/...": the name of a source in the database.
std::string source_of(const std::string& name);

}  // namespace plimsoll::threatdb
