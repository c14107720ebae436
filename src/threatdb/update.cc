#include "threatdb/update.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "threatdb/gather.h"
#include "threatdb/losses.h"
#include "threatdb/names.h"
#include "threatdb/update_source.h"
#include "threatdb/urls.h"

namespace plimsoll::threatdb {
namespace {

// The feeds that are one file each, and where the policy says that they are.
struct SingleFeed {
  const char* name;
  std::string UpdatePolicy::* url;
};
constexpr SingleFeed single_feeds[] = {
    {kev_name, &UpdatePolicy::kev}, {epss_name, &UpdatePolicy::epss}, {cvss_name, &UpdatePolicy::cvss}};

// "" for the policy's own sources; else the root of a mirror as a URL.
Result<std::string> base_of(const std::string& from) {
  if (from.empty()) return std::string();
  std::string base = from;
  while (base.size() > 1 && base.ends_with('/')) base.pop_back();
  if (base.find("://") != std::string::npos) return base;
  std::error_code error;
  const auto folder = std::filesystem::canonical(base, error);
  if (error || !std::filesystem::is_directory(folder, error)) {
    return Error{ErrorKind::not_found, "is no folder", printable(from), "give the folder that holds osv/, or a URL"};
  }
  return "file://" + percent_encoded_path(folder.string());
}

class Run {
 public:
  Run(const UpdateSettings& settings, std::string base, FeedCache& cache)
      : settings_(settings),
        base_(std::move(base)),
        cache_(cache),
        downloader_(settings.policy,
                    [this](const std::string& url, uint64_t done, uint64_t total) {
                      if (settings_.progress)
                        settings_.progress("fetching " + shown_url(url) + ", KiB", done >> 10, total >> 10);
                    }),
        update_{settings_, cache_, downloader_, report_.failed} {}

  Result<UpdateReport> run() {
    const std::string osv = url_of("osv", settings_.policy.osv);
    if (!osv.empty()) {
      for (const std::string& ecosystem : choose(osv)) {
        note("osv/" + ecosystem, update_ecosystem(update_, osv, ecosystem));
      }
    }
    for (const SingleFeed& feed : single_feeds) {
      const std::string url = url_of(feed.name, settings_.policy.*feed.url);
      if (!url.empty()) note(source_of(feed.name), update_feed(update_, url, feed.name));
    }
    if (settings_.nvd && base_.empty() && !settings_.policy.nvd.empty()) {
      note("cvss", update_nvd(update_, settings_.policy.nvd));
    }
    PLIMSOLL_CHECK(write_list());
    if (report_.failed.empty()) cache_.drop_parts();
    report_.received = downloader_.received();
    return std::move(report_);
  }

 private:
  std::string url_of(const std::string& name, const std::string& of_policy) const {
    return base_.empty() ? of_policy : base_ + "/" + percent_encoded_path(name);
  }

  void note(const std::string& source, Result<SourceState> state) {
    if (state.ok()) {
      report_.sources.push_back(std::move(state).value());
      return;
    }
    const uint64_t kept = cache_
                              .facts(source == "kev"    ? kev_name
                                     : source == "epss" ? epss_name
                                     : source == "cvss" ? cvss_name
                                                        : source + "/modified_id.csv")
                              .records;
    const std::string why = state.error().to_string();
    report_.sources.push_back({source, false, true, kept, why});
    report_.failed.push_back({source, why + (kept > 0 ? "; the old data are kept" : ""), ""});
  }

  // What the source offers; nothing when it does not say.
  std::optional<std::vector<std::string>> offered(const std::string& osv) {
    const auto listed = ask(update_, osv + "/ecosystems.txt", "", false);
    if (!listed.ok()) {
      report_.failed.push_back({ecosystems_name, listed.error().to_string(), ""});
      return std::nullopt;
    }
    if (listed->what != Fetched::whole) {
      if (const auto path = local_path_of(osv + "/ecosystems.txt")) return folders_of(*path);
      if (settings_.all) report_.failed.push_back({ecosystems_name, "the source does not have it", "name them"});
      return std::nullopt;
    }
    const auto bytes = listed->part->map();
    if (!bytes.ok()) return std::nullopt;
    return parse_ecosystems(bytes->view());
  }

  static std::optional<std::vector<std::string>> folders_of(const std::string& list) {
    const auto root = std::filesystem::path(list).parent_path().parent_path();
    const auto mirror = Mirror::open(root.string(), root.string());
    if (!mirror.ok()) return std::nullopt;
    auto names = ecosystems_of(**mirror);
    if (!names.ok()) return std::nullopt;
    return std::move(names).value();
  }

  // The ecosystems to fetch: those wanted (all that there are, if so asked) and those at hand.
  std::vector<std::string> choose(const std::string& osv) {
    const auto there = offered(osv);
    std::set<std::string> wanted;
    for (const std::string& name : cache_.ecosystems()) wanted.insert(name);
    const auto has = [&](const std::string& name) {
      return !there || std::find(there->begin(), there->end(), name) != there->end();
    };
    for (const std::string& full : settings_.ecosystems) {
      const std::string name(family_of(full));
      if (!is_ecosystem_name(name)) {
        report_.failed.push_back({printable(full, 100), "is the name of no ecosystem", ""});
      } else if (settings_.named || has(name)) {
        wanted.insert(name);
      } else {
        report_.sources.push_back({"osv/" + printable(name, 100), false, false, 0, "OSV has no advisories for it"});
      }
    }
    if (settings_.all && there) wanted.insert(there->begin(), there->end());
    return {wanted.begin(), wanted.end()};
  }

  // What a reader of this folder as a mirror finds in it.
  Status write_list() {
    const std::string text = join(cache_.ecosystems(), "\n") + "\n";
    const auto old = cache_.read(ecosystems_name);
    if (old && old->view() == text) return Done{};
    return cache_.put(ecosystems_name, text, {});
  }

  const UpdateSettings& settings_;
  const std::string base_;
  FeedCache& cache_;
  Downloader downloader_;
  UpdateReport report_;
  Updating update_;
};

}  // namespace

std::string feeds_folder(const std::string& db_path) {
  const std::string folder = std::filesystem::path(db_path).parent_path().string();
  return (folder.empty() ? "." : folder) + "/feeds";
}

Result<UpdateReport> update_feeds(const std::string& folder, const UpdateSettings& settings) {
  PLIMSOLL_TRY(base, base_of(settings.from));
  PLIMSOLL_TRY(lock, ImportLock::take(folder + "/.update"));
  PLIMSOLL_TRY(cache, FeedCache::open(folder));
  return Run(settings, std::move(base), cache).run();
}

Result<DatabaseUpdate> update_database(const std::string& db_path, UpdateSettings settings) {
  PLIMSOLL_TRY(lock, ImportLock::take(db_path));
  ThreatDbInfo present;
  if (const auto db = ThreatDb::open(db_path); db.ok()) present = db->info();
  for (const DbSource& source : present.sources) {
    if (source.name.starts_with("osv/")) settings.ecosystems.push_back(source.name.substr(4));
  }
  const std::string folder = feeds_folder(db_path);
  DatabaseUpdate out;
  PLIMSOLL_TRY(feeds, update_feeds(folder, settings));
  out.feeds = std::move(feeds);
  const auto fresh = [](const SourceState& source) { return !source.failed && source.records > 0; };
  if (std::none_of(out.feeds.sources.begin(), out.feeds.sources.end(), fresh)) return out;
  PLIMSOLL_TRY(cache, FeedCache::open(folder));
  if (IncompleteList lost = losses(present, cache); !lost.empty()) {
    out.feeds.failed.insert(out.feeds.failed.end(), lost.begin(), lost.end());
    return out;
  }
  if (cache.ecosystems().empty()) return out;
  PLIMSOLL_TRY(mirror, Mirror::open(folder, folder));
  IncompleteList missing;  // told by the sources themselves
  PLIMSOLL_TRY(built, import_locked(*mirror, folder, db_path, missing, settings.sandbox));
  out.built = std::move(built);
  return out;
}

}  // namespace plimsoll::threatdb
