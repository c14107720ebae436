#include <algorithm>

#include "base/text.h"
#include "feed/advisory.h"
#include "threatdb/update_source.h"
#include "threatdb/urls.h"

namespace plimsoll::threatdb {
namespace {

// How many records a feed holds: it must be read as a whole to be believed.
Result<uint64_t> count_records(const std::string& name, std::string_view bytes) {
  if (name == kev_name) {
    PLIMSOLL_TRY(known, feed::parse_kev(bytes, nullptr));
    return uint64_t{known.size()};
  }
  if (name == epss_name) {
    PLIMSOLL_TRY(file, feed::parse_epss(bytes));
    return uint64_t{file.scores.size()};
  }
  IncompleteList skipped;
  PLIMSOLL_TRY(cves, feed::parse_cvss_lines(bytes, skipped));
  if (skipped.size() > cves.size() / 10) return Error{ErrorKind::malformed, skipped[0].reason, skipped[0].what};
  return uint64_t{cves.size()};
}

}  // namespace

std::string source_of(const std::string& name) {
  return name.substr(0, name.starts_with("osv/") ? name.find('/', 4) : name.find('/'));
}

Status check_loss(uint64_t before, uint64_t now, double max_loss) {
  if (now == 0 && before == 0) return Error{ErrorKind::malformed, "the source holds no record"};
  if (now > 0 && static_cast<double>(now) >= static_cast<double>(before) * (1 - max_loss)) return Done{};
  const uint64_t percent = now < before ? (before - now) * 100 / before : 0;
  return Error{ErrorKind::malformed,
               "the source lost " + std::to_string(percent) + " % of its records: it had " + std::to_string(before) +
                   " and now has " + std::to_string(now),
               {},
               "if this is right, raise updates.max_loss in a policy for one update"};
}

Result<Arrival> ask(Updating& update, const std::string& url, const std::string& name, bool conditional) {
  const FeedFacts& known = update.cache.facts(name);
  const Validators nothing;
  Arrival out;
  PLIMSOLL_TRY(part, update.cache.part_of(url));
  PLIMSOLL_TRY(fetched, update.downloader.get(
                            url, conditional && known.origin == origin_of(url) ? known.version : nothing, part->file));
  out.what = fetched;
  if (fetched != Fetched::whole) return out;
  out.facts.origin = origin_of(url);
  out.facts.version = part->file.version;
  part->finished = true;
  out.part = std::move(part);
  return out;
}

Result<SourceState> update_feed(Updating& update, const std::string& url, const std::string& name) {
  const std::optional<Bytes> old = update.cache.read(name);
  SourceState out;
  out.name = source_of(name);
  uint64_t before = old ? update.cache.facts(name).records : 0;
  if (old && before == 0) before = count_records(name, old->view()).value_or(0);
  PLIMSOLL_TRY(arrival, ask(update, url, name, old.has_value()));
  if (arrival.what == Fetched::absent)
    return Error{ErrorKind::not_found, "the source does not have it", shown_url(url)};
  if (arrival.what == Fetched::unchanged) {
    out.records = before;
    out.told = "nothing new";
    return out;
  }
  PLIMSOLL_TRY(bytes, arrival.part->map());
  const auto count = count_records(name, bytes.view());
  if (!count.ok()) {
    Error error = count.error();
    error.message = "is not what it should be: " + error.to_string();
    error.context = shown_url(url);
    return error;
  }
  PLIMSOLL_CHECK(check_loss(before, *count, update.settings.policy.max_loss));
  arrival.facts.records = out.records = *count;
  out.changed = true;
  out.told = "fetched";
  PLIMSOLL_CHECK(update.cache.adopt(*arrival.part, name, std::move(arrival.facts)));
  return out;
}

}  // namespace plimsoll::threatdb
