// CVSS by CVE from the NVD API 2.0 (https://nvd.nist.gov/developers/vulnerabilities): pages of 2000 CVEs, all of them
// the first time, then those modified since, which may be asked for over at most 120 days.
#include <chrono>
#include <map>

#include "base/clock.h"
#include "base/text.h"
#include "feed/deflate.h"
#include "feed/inflate.h"
#include "feed/lines.h"
#include "feed/nvd.h"
#include "threatdb/update_source.h"
#include "threatdb/urls.h"

namespace plimsoll::threatdb {
namespace {

constexpr auto longest_window = std::chrono::days(119);
constexpr int max_pages = 2000;
constexpr size_t max_text = size_t{128} << 20;

using LinesByCve = std::map<std::string, std::string>;

// "CVE-1" of {"id":"CVE-1",...: the lines of the cache are those we wrote, or a mirror's, whose order is the same.
std::string cve_of(std::string_view line) {
  constexpr std::string_view start = R"({"id":")";
  line = trim(line);
  if (!line.starts_with(start)) return {};
  line.remove_prefix(start.size());
  const size_t end = line.find('"');
  return end == std::string_view::npos ? std::string() : std::string(line.substr(0, end));
}

LinesByCve lines_of(const Bytes& file) {
  LinesByCve out;
  const auto text = feed::gunzip(file.view(), max_text);
  if (!text.ok()) return out;
  feed::Lines lines(*text);
  for (std::string_view line; lines.next(line);) {
    if (std::string cve = cve_of(line); !cve.empty()) out[std::move(cve)] = std::string(line);
  }
  return out;
}

std::string joined(const LinesByCve& lines) {
  std::string out;
  for (const auto& [cve, line] : lines) out += line + "\n";
  return out;
}

Result<feed::NvdPage> read_page(Updating& update, const std::string& url, uint64_t start) {
  PLIMSOLL_TRY(arrival, ask(update, url, "", false));
  if (arrival.what != Fetched::whole) return Error{ErrorKind::not_found, "the source does not have it", shown_url(url)};
  PLIMSOLL_TRY(bytes, arrival.part->map());
  auto page = feed::parse_nvd_page(bytes.view());
  if (!page.ok()) return Error{page.error().kind, page.error().to_string(), shown_url(url)};
  if (page->start != start || (page->cves.empty() && start < page->total)) {
    return Error{ErrorKind::malformed, "is another page than the one asked for", shown_url(url)};
  }
  return page;
}

Status read_pages(Updating& update, const std::string& query, LinesByCve& lines, uint64_t& changed) {
  uint64_t start = 0;
  for (int count = 0; count < max_pages; ++count) {
    if (count > 0 && !update.downloader.pause(update.settings.policy.nvd_pause_seconds)) {
      return Error{ErrorKind::timeout, "the time for this update is over (updates.max_minutes)"};
    }
    const std::string url = query + "&startIndex=" + std::to_string(start);
    PLIMSOLL_TRY(page, read_page(update, url, start));
    for (const feed::NvdCve& cve : page.cves) {
      if (cve.vectors.empty()) {
        lines.erase(cve.id);
      } else {
        lines[cve.id] = feed::cvss_line_of(cve);
      }
    }
    changed += page.cves.size();
    start += page.cves.size();
    if (update.settings.progress) update.settings.progress("reading NVD, CVEs", start, page.total);
    if (start >= page.total) return Done{};
  }
  return Error{ErrorKind::limit, "has more than " + std::to_string(max_pages) + " pages", shown_url(query)};
}

}  // namespace

Result<SourceState> update_nvd(Updating& update, const std::string& url) {
  const Instant now = wall_clock();
  const FeedFacts& known = update.cache.facts(cvss_name);
  const std::optional<Bytes> old = update.cache.read(cvss_name);
  LinesByCve lines = old ? lines_of(*old) : LinesByCve{};
  const uint64_t before = lines.size();
  std::string query = url + "?resultsPerPage=2000";
  const auto since = parse_rfc3339(known.as_of);
  if (old && known.origin == origin_of(url) && since && now - *since < longest_window) {
    query += "&lastModStartDate=" + format_rfc3339(*since) + "&lastModEndDate=" + format_rfc3339(now);
  }
  uint64_t changed = 0;
  PLIMSOLL_CHECK(read_pages(update, query, lines, changed));
  PLIMSOLL_CHECK(check_loss(before, lines.size(), update.settings.policy.max_loss));
  FeedFacts facts;
  facts.origin = origin_of(url);
  facts.as_of = format_rfc3339(now);
  facts.records = lines.size();
  SourceState out{source_of(cvss_name), changed > 0, false, lines.size(),
                  std::to_string(changed) + " CVEs changed at NVD"};
  if (changed == 0) {
    PLIMSOLL_CHECK(update.cache.touch(cvss_name, std::move(facts)));
  } else {
    PLIMSOLL_CHECK(update.cache.put(cvss_name, feed::gzipped(joined(lines)), std::move(facts)));
  }
  return out;
}

}  // namespace plimsoll::threatdb
