// CISA's catalogue of known exploited vulnerabilities, JSON
// (https://www.cisa.gov/known-exploited-vulnerabilities-catalog).
#include "feed/advisory.h"
#include "feed/json.h"

namespace plimsoll::feed {
namespace {

constexpr size_t kMaxFile = size_t{64} << 20;
constexpr size_t kMaxEntries = 1000000;
constexpr size_t kMaxText = 1000;

class KevReader {
 public:
  KevReader(std::vector<KnownExploited>& into, std::optional<Instant>* date, JsonCursor& json)
      : into_(into), date_(date), json_(json) {}

  void member(std::string_view key, sj::value value) {
    if (key == "dateReleased" && date_ != nullptr) {
      *date_ = parse_rfc3339(json_.string(value, "dateReleased"));  // a date of another shape is no date, no failure
    } else if (key == "vulnerabilities") {
      seen_ = true;
      json_.array(value, "vulnerabilities", [&](sj::value element) { entry(element); });
    }
  }
  void finish() {
    json_.at("vulnerabilities");
    if (!seen_) json_.refuse(ErrorKind::malformed, "is missing");
  }

 private:
  void text(sj::value value, const char* field, std::string& out) {
    const std::string_view found = json_.string(value, field);
    if (found.size() > kMaxText)
      json_.refuse(ErrorKind::limit, "is longer than " + std::to_string(kMaxText) + " bytes");
    out.assign(found);
  }
  void entry(sj::value value) {
    if (into_.size() >= kMaxEntries) {
      json_.refuse(ErrorKind::limit, "holds more than " + std::to_string(kMaxEntries) + " entries");
    }
    KnownExploited& known = into_.emplace_back();
    json_.object(value, "vulnerabilities[]", [&](std::string_view key, sj::value v) {
      if (key == "cveID") return text(v, "vulnerabilities[].cveID", known.cve);
      if (key == "dueDate") return text(v, "vulnerabilities[].dueDate", known.due_date);
      if (key == "vulnerabilityName") return text(v, "vulnerabilities[].vulnerabilityName", known.name);
      if (key == "knownRansomwareCampaignUse") {
        known.ransomware = json_.string(v, "vulnerabilities[].knownRansomwareCampaignUse") == "Known";
      }
    });
    json_.at("vulnerabilities[].cveID");
    if (known.cve.empty()) json_.refuse(ErrorKind::malformed, "is missing or empty");
  }

  std::vector<KnownExploited>& into_;
  std::optional<Instant>* date_;
  JsonCursor& json_;
  bool seen_ = false;
};

}  // namespace

Result<std::vector<KnownExploited>> parse_kev(std::string_view json, std::optional<Instant>* date) {
  std::vector<KnownExploited> out;
  if (date != nullptr) date->reset();
  JsonCursor cursor;
  JsonSource source;
  KevReader reader(out, date, cursor);
  PLIMSOLL_CHECK(source.read(
      json, "KEV catalogue", kMaxFile, cursor,
      [&](std::string_view key, sj::value value) { reader.member(key, value); }, [&] { reader.finish(); }));
  return out;
}

}  // namespace plimsoll::feed
