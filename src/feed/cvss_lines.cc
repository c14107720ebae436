// Base vectors by CVE, one JSON object a line:
// {"id":"CVE-...","severity":[{"type":"CVSS_V3","score":"..."}],"source":"nvd"}.
#include <functional>

#include "base/text.h"
#include "feed/advisory.h"
#include "feed/inflate.h"
#include "feed/json.h"
#include "feed/lines.h"
#include "feed/severity.h"
#include "feed/slots.h"

namespace plimsoll::feed {
namespace {

constexpr size_t kMaxText = size_t{128} << 20;
constexpr size_t kMaxLine = size_t{64} << 10;
constexpr size_t kMaxId = 64, kMaxSource = 128;
constexpr size_t kMaxNamed = 100;  // broken lines told one by one

// The quarter of a million entries of NVD have a few thousand vectors among them: most are scored already when they
// come again.
class ScoredVectors {
 public:
  bool read(std::string_view text, Severity& into) {
    Slot& slot = slots_[std::hash<std::string_view>{}(text) % slots_.size()];
    if (slot.text != text) {
      slot.good = read_severity(text, slot.severity);
      slot.text = text;
    }
    if (slot.good) into = slot.severity;
    return slot.good;
  }

 private:
  struct Slot {
    std::string text;
    Severity severity;
    bool good = false;
  };
  std::vector<Slot> slots_ = std::vector<Slot>(4096);
};

class LineReader {
 public:
  LineReader(CveSeverity& into, JsonCursor& json, ScoredVectors& scored)
      : into_(into), json_(json), scored_(scored), severities_(into.severities) {}

  void member(std::string_view key, sj::value value) {
    if (key == "id") into_.cve.assign(json_.string(value, "id").substr(0, kMaxId));
    if (key == "source") source_ = json_.string(value, "source").substr(0, kMaxSource);
    if (key == "severity") json_.array(value, "severity", [&](sj::value v) { opinion(v); });
  }
  void finish() {
    json_.at("id");
    if (into_.cve.empty()) json_.refuse(ErrorKind::malformed, "is missing or empty");
    severities_.finish();
    json_.at("severity");
    if (into_.severities.empty()) json_.refuse(ErrorKind::malformed, "says nothing");
    const std::string source = source_ == "nvd" ? "NVD" : printable(source_, kMaxSource);
    for (auto& severity : into_.severities) severity.source = source;
  }

 private:
  void opinion(sj::value value) {
    json_.object(value, "severity[]", [&](std::string_view key, sj::value v) {
      if (key != "score") return;
      if (!scored_.read(json_.string(v, "severity[].score"), severities_.next())) severities_.drop_last();
    });
  }

  CveSeverity& into_;
  JsonCursor& json_;
  ScoredVectors& scored_;
  Slots<Severity> severities_;
  std::string_view source_;
};

Result<std::vector<CveSeverity>> read_lines(std::string_view text, IncompleteList& skipped) {
  if (text.size() > kMaxText) return Error{ErrorKind::limit, "larger than 128 MiB", "CVSS vectors"};
  std::vector<CveSeverity> out;
  out.reserve(text.size() / 110);
  JsonSource source;
  ScoredVectors scored;
  Lines lines(text);
  size_t broken = 0;
  for (std::string_view line; lines.next(line);) {
    if (trim(line).empty()) continue;
    JsonCursor cursor;
    LineReader reader(out.emplace_back(), cursor, scored);
    const Status status = source.read(
        line, "", kMaxLine, cursor, [&](std::string_view key, sj::value value) { reader.member(key, value); },
        [&] { reader.finish(); });
    if (status.ok()) continue;
    out.pop_back();
    if (++broken <= kMaxNamed) {
      skipped.push_back({"CVSS vectors, line " + std::to_string(lines.number()), status.error().to_string(), ""});
    }
  }
  if (broken > kMaxNamed) {
    skipped.push_back(
        {"CVSS vectors, " + std::to_string(broken - kMaxNamed) + " more lines", "broken like the ones named", ""});
  }
  return out;
}

}  // namespace

Result<std::vector<CveSeverity>> parse_cvss_lines(std::string_view lines_or_gzip, IncompleteList& skipped) {
  if (!is_gzip(lines_or_gzip)) return read_lines(lines_or_gzip, skipped);
  auto text = gunzip(lines_or_gzip, kMaxText);
  if (!text.ok()) return Error{text.error().kind, text.error().message, "CVSS vectors"};
  return read_lines(*text, skipped);
}

}  // namespace plimsoll::feed
