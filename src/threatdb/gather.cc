#include "threatdb/gather.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <latch>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/text.h"
#include "feed/inflate.h"

namespace plimsoll::threatdb {
namespace {

constexpr size_t chunk_entries = 128;
constexpr size_t max_skipped_named = 1000;

// A piece of work that one thread does alone.
struct Job {
  enum class Kind { cvss, epss, exploited, archive, document } kind = Kind::archive;
  size_t which = 0, first = 0, last = 0;
};

// What one thread has found.
struct Haul {
  Shard shard;
  IncompleteList skipped;
  uint64_t skipped_more = 0, json_bytes = 0;
  struct Count {
    uint64_t records = 0;
    std::optional<Instant> newest;
  };
  std::vector<Count> archives;
  Count documents;

  void skip(std::string what, const Error& error) {
    if (skipped.size() < max_skipped_named) {
      skipped.push_back({std::move(what), printable(error.message, 500), ""});
    } else {
      ++skipped_more;
    }
  }
};

// Results of the feeds that are one job each: written by the one thread that takes it.
struct Joined {
  Feeds feeds;
  std::optional<Instant> exploited_date;
  IncompleteList cvss_skipped;
  std::optional<Error> failed;
  std::mutex guard;  // of `failed`

  void fail(Error error) {
    const std::lock_guard lock(guard);
    if (!failed) failed = std::move(error);
  }
};

class Worker {
 public:
  Worker(const Material& material, Joined& joined) : material_(material), joined_(joined) {
    haul.archives.resize(material.archives.size());
  }

  Haul haul;

  void work(const Job& job) {
    switch (job.kind) {
      case Job::Kind::archive:
        return read_archive(job);
      case Job::Kind::document:
        return read_document(material_.documents[job.which]);
      case Job::Kind::cvss:
        return keep(feed::parse_cvss_lines(material_.cvss, joined_.cvss_skipped), joined_.feeds.cvss, "CVSS");
      case Job::Kind::epss:
        return keep(feed::parse_epss(material_.epss), joined_.feeds.epss, "EPSS");
      case Job::Kind::exploited:
        return keep(feed::parse_kev(material_.exploited, &joined_.exploited_date), joined_.feeds.exploited, "KEV");
    }
  }

 private:
  template <class T>
  void keep(Result<T> result, T& into, std::string_view what) {
    if (result.ok()) {
      into = std::move(result).value();
      return;
    }
    Error error = std::move(result).error();
    error.message = "the " + std::string(what) + " feed can not be read: " + error.message;
    joined_.fail(std::move(error));
  }

  void read_archive(const Job& job) {
    const Material::Archive& archive = material_.archives[job.which];
    for (size_t i = job.first; i < job.last; ++i) {
      const std::string_view name = archive.zip.name(i);
      if (!name.ends_with(".json")) continue;
      if (const Status read = archive.zip.read(i, text_); !read.ok()) {
        haul.skip(printable(name, 200) + " of " + archive.name, read.error());
        continue;
      }
      add_record(text_, name, archive.name, haul.archives[job.which]);
    }
  }

  void read_document(const Material::Document& document) {
    if (!trim(document.json.substr(0, 4096)).starts_with('[')) {
      return add_record(document.json, document.name, "files", haul.documents);
    }
    const auto elements = split_array(document.json, size_t{4} << 20);
    if (!elements.ok()) return haul.skip(printable(document.name, 500), elements.error());
    for (size_t i = 0; i < elements->size(); ++i) {
      add_record((*elements)[i], "record " + std::to_string(i + 1) + " of " + document.name, "files", haul.documents);
    }
  }

  void add_record(std::string_view json, std::string_view name, std::string_view of, Haul::Count& count) {
    haul.json_bytes += json.size();
    if (const Status parsed = parser_.parse(json, name, advisory_); !parsed.ok()) {
      return haul.skip(printable(name, 500) + " of " + printable(of, 200), parsed.error());
    }
    haul.shard.add(advisory_);
    ++count.records;
    if (advisory_.modified && (!count.newest || *count.newest < *advisory_.modified)) count.newest = advisory_.modified;
  }

  const Material& material_;
  Joined& joined_;
  feed::OsvParser parser_;
  feed::Advisory advisory_;
  std::string text_;
};

bool is_of_records(const Job& job) { return job.kind == Job::Kind::archive || job.kind == Job::Kind::document; }

// One thread joins and merges the records when they are all read, and needs the feeds only after that. So the long feed
// is begun when that thread and the one that reads the feed will be done at about the same time, the short ones last.
std::vector<Job> plan(const Material& material) {
  std::vector<Job> jobs;
  for (size_t which = 0; which < material.archives.size(); ++which) {
    const size_t entries = material.archives[which].zip.entries();
    for (size_t first = 0; first < entries; first += chunk_entries) {
      jobs.push_back({Job::Kind::archive, which, first, std::min(first + chunk_entries, entries)});
    }
  }
  for (size_t which = 0; which < material.documents.size(); ++which) jobs.push_back({Job::Kind::document, which});
  const auto late = jobs.begin() + static_cast<std::ptrdiff_t>(jobs.size() - jobs.size() / 8);
  if (!material.cvss.empty()) jobs.insert(late, {Job::Kind::cvss});
  if (!material.epss.empty()) jobs.push_back({Job::Kind::epss});
  if (!material.exploited.empty()) jobs.push_back({Job::Kind::exploited});
  return jobs;
}

// The threads of one import, the caller's among them.
class Crew {
 public:
  Crew(const Material& material, Joined& joined)
      : jobs_(plan(material)), records_left_(std::count_if(jobs_.begin(), jobs_.end(), is_of_records)) {
    const size_t processors = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 8);
    for (size_t i = 0; i < std::min(processors, std::max<size_t>(jobs_.size(), 1)); ++i) {
      workers_.push_back(std::make_unique<Worker>(material, joined));
    }
    for (size_t i = 1; i < workers_.size(); ++i) threads_.emplace_back([this, i] { work(*workers_[i], jobs_.size()); });
  }

  // Returns when every record is in a shard; the feeds may be in work still.
  std::vector<Shard> read_records() {
    const auto last = std::find_if(jobs_.rbegin(), jobs_.rend(), is_of_records);
    work(*workers_.front(), static_cast<size_t>(jobs_.rend() - last));
    records_left_.wait();
    std::vector<Shard> shards;
    for (auto& worker : workers_) shards.push_back(std::move(worker->haul.shard));
    return shards;
  }

  // Returns when all is read: what was found beside the shards.
  std::vector<Haul> finish() {
    work(*workers_.front(), jobs_.size());
    threads_.clear();
    std::vector<Haul> out;
    for (auto& worker : workers_) out.push_back(std::move(worker->haul));
    return out;
  }

 private:
  // Does jobs, as long as those before `end` are not all taken.
  void work(Worker& worker, size_t end) {
    for (size_t at = next_; at < end; at = next_) {
      if (!next_.compare_exchange_weak(at, at + 1)) continue;
      worker.work(jobs_[at]);
      if (is_of_records(jobs_[at])) records_left_.count_down();
    }
  }

  const std::vector<Job> jobs_;
  std::atomic<size_t> next_{0};
  std::latch records_left_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::jthread> threads_;
};

void add_count(Haul::Count& sum, const Haul::Count& part) {
  sum.records += part.records;
  if (part.newest && (!sum.newest || *sum.newest < *part.newest)) sum.newest = part.newest;
}

std::vector<DbSource> sources_of(const Material& material, const std::vector<Haul>& hauls, const Joined& joined) {
  std::vector<DbSource> out;
  for (size_t which = 0; which < material.archives.size(); ++which) {
    Haul::Count sum;
    for (const Haul& haul : hauls) add_count(sum, haul.archives[which]);
    out.push_back({printable(material.archives[which].name, 200), sum.records, sum.newest});
  }
  Haul::Count documents;
  for (const Haul& haul : hauls) add_count(documents, haul.documents);
  if (documents.records > 0) out.push_back({"osv files", documents.records, documents.newest});
  if (!material.exploited.empty()) out.push_back({"kev", joined.feeds.exploited.size(), joined.exploited_date});
  if (!material.epss.empty()) out.push_back({"epss", joined.feeds.epss.scores.size(), joined.feeds.epss.date});
  if (!material.cvss.empty()) out.push_back({"cvss", joined.feeds.cvss.size(), std::nullopt});
  return out;
}

void collect_skipped(std::vector<Haul>& hauls, Joined& joined, ImportReport& report) {
  uint64_t more = 0;
  for (Haul& haul : hauls) {
    std::move(haul.skipped.begin(), haul.skipped.end(), std::back_inserter(report.skipped));
    report.json_bytes += haul.json_bytes;
    more += haul.skipped_more;
  }
  std::move(joined.cvss_skipped.begin(), joined.cvss_skipped.end(), std::back_inserter(report.skipped));
  std::sort(report.skipped.begin(), report.skipped.end());
  if (more > 0) report.skipped.push_back({std::to_string(more) + " more records", "can not be read either", ""});
}

// Size of the text of a feed that may be packed: gzip says it at its end (modulo 2^32, for the statistics only).
uint64_t text_bytes(std::string_view bytes) {
  if (!feed::is_gzip(bytes) || bytes.size() < 18) return bytes.size();
  uint32_t size = 0;
  std::memcpy(&size, bytes.data() + bytes.size() - 4, 4);
  return size;
}

}  // namespace

Result<ImportReport> build(Material material, const std::string& from, const std::string& path, int descriptor) {
  ImportReport report;
  Joined joined;
  Crew crew(material, joined);
  Result<Image> image = join_shards(crew.read_records());
  if (image.ok()) merge_threats(*image);
  std::vector<Haul> hauls = crew.finish();
  if (joined.failed) return std::move(*joined.failed);
  joined.feeds.sources = sources_of(material, hauls, joined);
  collect_skipped(hauls, joined, report);
  report.json_bytes += text_bytes(material.exploited) + text_bytes(material.cvss);
  if (!image.ok()) return std::move(image).error();
  if (image->records.empty()) {
    const std::string first =
        report.skipped.empty() ? "" : " (" + report.skipped[0].what + ": " + report.skipped[0].reason + ")";
    return Error{ErrorKind::malformed, "holds no advisory that can be read" + first, printable(from),
                 "the database is left as it was"};
  }
  join_feeds(*image, joined.feeds);
  report.info = {true, path, wall_clock(), image->records.size(), joined.feeds.sources};
  const std::jthread sweep(
      [feeds = std::move(joined.feeds)] {});  // half a million pieces, freed while the file is written
  PLIMSOLL_CHECK(write_image(*image, path, descriptor, *report.info.built_at));
  return report;
}

}  // namespace plimsoll::threatdb
