// EPSS scores of FIRST (https://www.first.org/epss/data_stats): a comment line
// "#model_version:v2023.03.01,score_date:...", a heading "cve,epss,percentile", one CVE a line; the file is published
// as gzip.
#include <charconv>

#include "base/text.h"
#include "feed/advisory.h"
#include "feed/inflate.h"
#include "feed/lines.h"

namespace plimsoll::feed {
namespace {

constexpr size_t kMaxText = size_t{64} << 20;  // today's file has 8 MiB
constexpr size_t kMaxId = 64;

Error broken(size_t line, std::string why) {
  return Error{ErrorKind::malformed, std::move(why), "EPSS file, line " + std::to_string(line)};
}

// "2024-01-13T00:00:00+0000": the published zone lacks the colon of RFC 3339.
std::optional<Instant> parse_score_date(std::string_view text) {
  std::string date(text.substr(0, 40));
  if (date.size() > 5 && (date[date.size() - 5] == '+' || date[date.size() - 5] == '-') && date.size() > 10) {
    date.insert(date.size() - 2, ":");
  }
  return parse_rfc3339(date);
}

void read_comment(std::string_view line, EpssFile& file) {
  for (const std::string_view part : split(line.substr(1), ',')) {
    const size_t colon = part.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = trim(part.substr(0, colon)), value = trim(part.substr(colon + 1));
    if (key == "model_version") file.model = printable(value, 64);
    if (key == "score_date") file.date = parse_score_date(value);
  }
}

// A number from 0 to 1, nothing else.
bool parse_share(std::string_view text, float& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out >= 0 && out <= 1;
}

// The scores of old files have no percentile.
bool read_score(std::string_view line, EpssScore& score) {
  const size_t first = line.find(',');
  if (first == 0 || first == std::string_view::npos || first > kMaxId) return false;
  const size_t second = line.find(',', first + 1);
  score.cve.assign(line.substr(0, first));
  if (second == std::string_view::npos) return parse_share(line.substr(first + 1), score.probability);
  return parse_share(line.substr(first + 1, second - first - 1), score.probability) &&
         parse_share(line.substr(second + 1), score.percentile);
}

Result<EpssFile> read_text(std::string_view text) {
  if (text.size() > kMaxText) return Error{ErrorKind::limit, "larger than 64 MiB", "EPSS file"};
  EpssFile file;
  file.scores.reserve(text.size() / 28);
  Lines lines(text);
  bool heading = false;
  for (std::string_view line; lines.next(line);) {
    if (line.empty()) continue;
    if (!heading && line.starts_with('#')) {
      read_comment(line, file);
    } else if (!heading) {
      heading = line == "cve,epss,percentile" || line == "cve,epss";
      if (!heading)
        return broken(lines.number(), "is not the heading \"cve,epss,percentile\": \"" + printable(line, 80) + "\"");
    } else if (EpssScore score; read_score(line, score)) {
      file.scores.push_back(std::move(score));
    } else {
      return broken(lines.number(), "is not a CVE and its score: \"" + printable(line, 80) + "\"");
    }
  }
  if (!heading) return broken(lines.number(), "the heading \"cve,epss,percentile\" is missing");
  return file;
}

}  // namespace

Result<EpssFile> parse_epss(std::string_view csv_or_gzip) {
  if (!is_gzip(csv_or_gzip)) return read_text(csv_or_gzip);
  auto text = gunzip(csv_or_gzip, kMaxText);
  if (!text.ok()) return Error{text.error().kind, text.error().message, "EPSS file"};
  return read_text(*text);
}

}  // namespace plimsoll::feed
