// One ecosystem of the OSV bucket (https://google.github.io/osv.dev/data/): `all.zip` holds every record,
// `modified_id.csv` says when each last changed, `<ID>.json` is one record.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "threatdb/osv_archive.h"
#include "threatdb/update_source.h"
#include "threatdb/urls.h"

namespace plimsoll::threatdb {
namespace {

using feed::ModifiedId;

class Ecosystem {
 public:
  Ecosystem(Updating& update, const std::string& base, const std::string& name)
      : update_(update),
        name_("osv/" + name),
        url_(base + "/" + percent_encoded_path(name)),
        archive_(name_ + "/all.zip"),
        list_(name_ + "/modified_id.csv") {}

  Result<SourceState> run() {
    out_.name = name_;
    load();
    PLIMSOLL_TRY(listed, ask(update_, url_ + "/modified_id.csv", list_, bytes_.has_value() && list_known_));
    if (listed.what == Fetched::unchanged) return finish("nothing new");
    if (listed.what == Fetched::absent) return without_list();
    PLIMSOLL_TRY(csv, listed.part->map());
    PLIMSOLL_TRY(now, feed::parse_modified_ids(csv.view()));
    PLIMSOLL_CHECK(check_loss(have_.size(), now.size(), max_loss()));
    return with_list(now, std::move(listed.facts));
  }

 private:
  double max_loss() const { return update_.settings.policy.max_loss; }

  // What the cache holds: the archive, and the list of its records.
  void load() {
    bytes_ = update_.cache.read(archive_);
    if (!bytes_) return;
    if (const auto csv = update_.cache.read(list_)) {
      auto list = feed::parse_modified_ids(csv->view());
      list_known_ = list.ok() && feed::ZipReader::open(bytes_->view()).ok();
      if (list_known_) have_ = std::move(list).value();
    }
    if (list_known_) return;
    auto archive = read_archive(bytes_->view());
    if (archive.ok()) {
      have_ = std::move(archive->records);
    } else {
      bytes_.reset();
    }
  }

  SourceState finish(std::string told) {
    out_.records = have_.size();
    out_.told = std::move(told);
    return std::move(out_);
  }

  // A mirror without modified_id.csv: the archive alone says what is new.
  Result<SourceState> without_list() {
    PLIMSOLL_TRY(came, fetch_archive(bytes_.has_value()));
    if (!came) return finish("nothing new");
    PLIMSOLL_CHECK(store_list({}));
    return finish("fetched whole");
  }

  Result<SourceState> with_list(const std::vector<ModifiedId>& now, FeedFacts facts) {
    feed::ModifiedDifference news = feed::difference_of(have_, now);
    const auto bound = static_cast<size_t>(update_.settings.policy.single_records);
    std::string told;
    bool whole = !bytes_ || news.changed.size() > bound;
    if (!whole) {
      PLIMSOLL_TRY(done, fetch_records(now, news));
      whole = !done;
      told = std::to_string(news.changed.size()) + " changed, " + std::to_string(news.gone.size()) + " gone";
    }
    if (whole) {
      PLIMSOLL_TRY(came, fetch_archive(false));
      (void)came;
      told = "fetched whole";
      // The archive may be older than the list: what it lacks is fetched record by record, if the source has them.
      news = feed::difference_of(have_, now);
      news.gone.clear();
      if (news.changed.size() <= bound) {
        PLIMSOLL_TRY(done, fetch_records(now, news));
        (void)done;
      }
      settle(now);
    }
    // An incomplete reading is asked for again next time.
    if (incomplete_) facts.version = {};
    PLIMSOLL_CHECK(store_list(std::move(facts)));
    return finish(std::move(told));
  }

  // Fetches all.zip and makes it the cache's; false when it is still the one we had.
  Result<bool> fetch_archive(bool conditional) {
    PLIMSOLL_TRY(arrival, ask(update_, url_ + "/all.zip", archive_, conditional));
    if (arrival.what == Fetched::unchanged) return false;
    if (arrival.what == Fetched::absent) {
      return Error{ErrorKind::not_found, "the source does not have it", shown_url(url_ + "/all.zip")};
    }
    PLIMSOLL_TRY(bytes, arrival.part->map());
    auto archive = read_archive(bytes.view());
    if (!archive.ok()) {
      return Error{ErrorKind::malformed, archive.error().to_string(), shown_url(url_ + "/all.zip")};
    }
    PLIMSOLL_CHECK(check_loss(have_.size(), archive->records.size(), max_loss()));
    arrival.facts.records = archive->records.size();
    PLIMSOLL_CHECK(update_.cache.adopt(*arrival.part, archive_, std::move(arrival.facts)));
    have_ = std::move(archive->records);
    bytes_ = std::move(bytes);
    out_.changed = true;
    return true;
  }

  // Fetches the records that changed and lays them over the archive; false when the source has no single records.
  Result<bool> fetch_records(const std::vector<ModifiedId>& now, const feed::ModifiedDifference& news) {
    std::map<std::string, std::string> fresh;
    feed::OsvParser parser;
    feed::Advisory advisory;
    for (const ModifiedId& entry : news.changed) {
      const std::string url = url_ + "/" + percent_encoded_path(entry.id + ".json");
      PLIMSOLL_TRY(arrival, ask(update_, url, "", false));
      if (arrival.what != Fetched::whole) return false;
      PLIMSOLL_TRY(bytes, arrival.part->map());
      const Status parsed = parser.parse(bytes.view(), entry.id, advisory);
      if (!parsed.ok() || advisory.id != entry.id) {
        const std::string why = parsed.ok() ? "is another record" : parsed.error().to_string();
        update_.failed.push_back({"record " + printable(entry.id, 130) + " of " + printable(name_, 200),
                                  printable(why, 300) + "; the old one is kept", ""});
        incomplete_ = true;
        continue;
      }
      fresh.emplace(entry.id, std::string(bytes.view()));
    }
    if (fresh.empty() && news.gone.empty()) return true;
    PLIMSOLL_CHECK(patch(fresh, {news.gone.begin(), news.gone.end()}));
    take_over(now, fresh, news.gone);
    return true;
  }

  Status patch(const std::map<std::string, std::string>& fresh, const std::set<std::string>& gone) {
    auto zip = feed::ZipReader::open(bytes_->view());
    if (!zip.ok()) return std::move(zip).error();
    PLIMSOLL_TRY(patched, patched_archive(*zip, fresh, gone));
    FeedFacts facts = update_.cache.facts(archive_);
    PLIMSOLL_CHECK(update_.cache.put(archive_, patched, std::move(facts)));
    out_.changed = true;
    PLIMSOLL_TRY(bytes, Bytes::map_file(update_.cache.path(archive_)));
    bytes_ = std::move(bytes);
    return Done{};
  }

  // `have_` after a patch: fresh records have the list's time, those gone are gone.
  void take_over(const std::vector<ModifiedId>& now, const std::map<std::string, std::string>& fresh,
                 const std::vector<std::string>& gone) {
    std::map<std::string, Instant> all;
    for (const ModifiedId& entry : have_) all[entry.id] = entry.modified;
    for (const ModifiedId& entry : now) {
      if (fresh.contains(entry.id)) all[entry.id] = entry.modified;
    }
    for (const std::string& id : gone) all.erase(id);
    have_.clear();
    for (const auto& [id, modified] : all) have_.push_back({id, modified});
  }

  // After a whole archive its records count as those of the list: what the source hands out as whole is what there is.
  void settle(const std::vector<ModifiedId>& now) {
    auto listed = now.begin();
    for (ModifiedId& entry : have_) {
      while (listed != now.end() && listed->id < entry.id) ++listed;
      const bool known = listed != now.end() && listed->id == entry.id;
      if (known && (entry.modified < listed->modified || entry.modified == unreadable_time)) {
        entry.modified = listed->modified;
      }
    }
  }

  Status store_list(FeedFacts facts) {
    for (ModifiedId& entry : have_) {
      if (entry.modified == unreadable_time) entry.modified = Instant{};
    }
    facts.records = have_.size();
    const FeedFacts& known = update_.cache.facts(list_);
    const std::string text = feed::write_modified_ids(have_);
    const auto old = update_.cache.read(list_);
    if (old && old->view() == text && !known.sha256.empty()) return update_.cache.touch(list_, std::move(facts));
    return update_.cache.put(list_, text, std::move(facts));
  }

  Updating& update_;
  const std::string name_, url_, archive_, list_;
  std::optional<Bytes> bytes_;    // the cache's archive
  std::vector<ModifiedId> have_;  // its records
  bool list_known_ = false;       // the cache's list is that of its archive
  bool incomplete_ = false;
  SourceState out_;
};

}  // namespace

Result<SourceState> update_ecosystem(Updating& update, const std::string& base, const std::string& ecosystem) {
  return Ecosystem(update, base, ecosystem).run();
}

}  // namespace plimsoll::threatdb
