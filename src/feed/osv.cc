// OSV records (https://ossf.github.io/osv-schema/, 1.6 and 1.7). Fields of the schema must have the schema's types;
// what databases put into database_specific and ecosystem_specific is free, and is taken only where it has the expected
// shape.
#include <algorithm>

#include "base/text.h"
#include "feed/advisory.h"
#include "feed/json.h"
#include "feed/severity.h"
#include "feed/slots.h"

namespace plimsoll::feed {
namespace {

constexpr size_t kMaxRecord = size_t{16} << 20;
constexpr size_t kMaxItems = 1000000;  // strings, events, packages of one record together
constexpr size_t kMaxText = 4096;      // ids, names, versions
constexpr size_t kMaxSummary = 1000;   // longer ones are cut

// `text` cut to `limit` bytes without splitting a UTF-8 character.
std::string_view cut(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

class RecordReader {
 public:
  RecordReader(Advisory& into, JsonCursor& json, std::vector<AffectedPackage>& spare)
      : into_(into),
        json_(json),
        aliases_(into.aliases),
        upstream_(into.upstream),
        related_(into.related),
        references_(into.references),
        severities_(into.severities),
        affected_(into.affected, &spare) {
    into_.id.clear();
    into_.summary.clear();
    into_.modified.reset();
    into_.published.reset();
    into_.withdrawn.reset();
  }

  void member(std::string_view key, sj::value value) {
    if (key == "id") return text(value, "id", into_.id);
    if (key == "modified") return instant(value, "modified", into_.modified);
    if (key == "published") return instant(value, "published", into_.published);
    if (key == "withdrawn") return instant(value, "withdrawn", into_.withdrawn);
    if (key == "aliases") return texts(value, "aliases", aliases_);
    if (key == "upstream") return texts(value, "upstream", upstream_);
    if (key == "related") return texts(value, "related", related_);
    if (key == "summary") return void(into_.summary.assign(cut(json_.string(value, "summary"), kMaxSummary)));
    if (key == "severity") return severity_list(value, "severity", severities_);
    if (key == "affected") return json_.array(value, "affected", [&](sj::value v) { affected(v); });
    if (key == "references") return json_.array(value, "references", [&](sj::value v) { reference(v); });
    if (key == "database_specific") record_specific(value);
  }

  // Closes the lists and checks what only the whole record tells.
  void finish() {
    aliases_.finish();
    upstream_.finish();
    related_.finish();
    references_.finish();
    severities_.finish();
    affected_.finish();
    json_.at("id");
    if (into_.id.empty()) json_.refuse(ErrorKind::malformed, "is missing or empty");
    for (auto& severity : into_.severities) severity.source = into_.id;
    for (auto& package : into_.affected) {
      for (auto& severity : package.severities) severity.source = into_.id;
    }
    into_.informational = affected_seen_ > 0 && informational_ == affected_seen_;
  }

 private:
  void count_item() {
    if (++items_ > kMaxItems)
      json_.refuse(ErrorKind::limit, "takes the record past " + std::to_string(kMaxItems) + " items");
  }

  void text(sj::value value, const char* field, std::string& out) {
    const std::string_view found = json_.string(value, field);
    if (found.size() > kMaxText)
      json_.refuse(ErrorKind::limit, "is longer than " + std::to_string(kMaxText) + " bytes");
    out.assign(found);
  }

  void texts(sj::value value, const char* field, Slots<std::string>& out) {
    json_.array(value, field, [&](sj::value element) {
      count_item();
      text(element, field, out.next());
    });
  }

  void instant(sj::value value, const char* field, std::optional<Instant>& out) {
    const std::string_view found = json_.string(value, field);
    if (found.empty()) return;
    out = parse_rfc3339(found);
    if (!out) json_.refuse(ErrorKind::malformed, "is not an RFC 3339 time: \"" + printable(found, 60) + "\"");
  }

  void severity_list(sj::value value, const char* field, Slots<Severity>& out) {
    json_.array(value, field, [&](sj::value element) {
      count_item();
      std::string_view score;
      json_.object(element, field, [&](std::string_view key, sj::value v) {
        if (key == "score") score = json_.string(v, field);
      });
      opinion(score, out);
    });
  }

  void opinion(std::string_view words, Slots<Severity>& out) {
    if (words.empty()) return;
    if (!read_severity(words, out.next())) out.drop_last();
  }

  void reference(sj::value value) {
    json_.object(value, "references[]", [&](std::string_view key, sj::value v) {
      if (key != "url") return;
      count_item();
      const std::string_view url = json_.string(v, "references[].url");
      if (!url.empty() && url.size() <= kMaxText) references_.next().assign(url);
    });
  }

  // GitHub and others: a word; ruby-advisory-db and victims: the score alone, as text or number.
  void record_specific(sj::value value) {
    json_.at("database_specific");
    if (value.type() != sj::json_type::object) return;
    json_.object(value, "database_specific", [&](std::string_view key, sj::value v) {
      if (key == "severity") return opinion(json_.string_or_none(v), severities_);
      if (key != "cvss_v2_score" && key != "cvss_v3_score" && key != "cvss_v4_score") return;
      const sj::json_type type = v.type();
      if (type == sj::json_type::string) return opinion(v.get_string(), severities_);
      if (type == sj::json_type::number) opinion(trim(v.raw_json_token()), severities_);
    });
  }

  void affected(sj::value value) {
    count_item();
    AffectedPackage& package = affected_.next();
    package.ecosystem.clear();
    package.name.clear();
    package.purl.clear();
    Slots<AffectedRange> ranges(package.ranges);
    Slots<std::string> versions(package.versions), fixed_in(package.fixed_in);
    Slots<Severity> severities(package.severities);
    bool notice = false;
    json_.object(value, "affected[]", [&](std::string_view key, sj::value v) {
      if (key == "package") return package_name(v, package);
      if (key == "ranges")
        return json_.array(v, "affected[].ranges", [&](sj::value range) { this->range(range, ranges); });
      if (key == "versions") return texts(v, "affected[].versions", versions);
      if (key == "severity") return severity_list(v, "affected[].severity", severities);
      if (key == "database_specific" || key == "ecosystem_specific")
        return affected_specific(v, severities, fixed_in, notice);
    });
    ranges.finish();
    versions.finish();
    fixed_in.finish();
    severities.finish();
    if (package.name.empty() && package.ecosystem.empty() && package.ranges.empty()) {
      return affected_.drop_last();  // only a repository (GIT)
    }
    json_.at("affected[].package");
    if (package.name.empty() || package.ecosystem.empty()) {
      json_.refuse(ErrorKind::malformed, "lacks its name or its ecosystem");
    }
    ++affected_seen_;
    informational_ += notice ? 1 : 0;
  }

  void package_name(sj::value value, AffectedPackage& package) {
    json_.object(value, "affected[].package", [&](std::string_view key, sj::value v) {
      if (key == "ecosystem") return text(v, "affected[].package.ecosystem", package.ecosystem);
      if (key == "name") return text(v, "affected[].package.name", package.name);
      if (key == "purl") return text(v, "affected[].package.purl", package.purl);
    });
  }

  void range(sj::value value, Slots<AffectedRange>& ranges) {
    count_item();
    AffectedRange& range = ranges.next();
    Slots<RangeEvent> events(range.events);
    std::string_view type;
    json_.object(value, "affected[].ranges[]", [&](std::string_view key, sj::value v) {
      if (key == "type") type = json_.string(v, "affected[].ranges[].type");
      if (key == "events") {
        json_.array(v, "affected[].ranges[].events", [&](sj::value event) { this->event(event, events); });
      }
    });
    events.finish();
    range.semver = type == "SEMVER";
    if (type == "GIT") return ranges.drop_last();
    json_.at("affected[].ranges[].type");
    if (!range.semver && type != "ECOSYSTEM") {
      json_.refuse(ErrorKind::malformed, "is none of SEMVER, ECOSYSTEM, GIT: \"" + printable(type, 60) + "\"");
    }
  }

  void event(sj::value value, Slots<RangeEvent>& events) {
    static constexpr struct {
      std::string_view key;
      EventKind kind;
    } kKinds[] = {{"introduced", EventKind::introduced},
                  {"fixed", EventKind::fixed},
                  {"last_affected", EventKind::last_affected},
                  {"limit", EventKind::limit}};
    json_.object(value, "affected[].ranges[].events[]", [&](std::string_view key, sj::value v) {
      for (const auto& row : kKinds) {
        if (row.key != key) continue;
        count_item();
        RangeEvent& event = events.next();
        event.kind = row.kind;
        text(v, "affected[].ranges[].events[]", event.version);
      }
    });
  }

  // RustSec: informational, cvss; Debian: urgency; RetireNet: fixed_in, an object "installed version" -> "fixed
  // version".
  void affected_specific(sj::value value, Slots<Severity>& severities, Slots<std::string>& fixed_in, bool& notice) {
    json_.at("affected[].database_specific");
    if (value.type() != sj::json_type::object) return;
    json_.object(value, "affected[].database_specific", [&](std::string_view key, sj::value v) {
      if (key == "severity" || key == "urgency" || key == "cvss") return opinion(json_.string_or_none(v), severities);
      if (key == "informational") return void(notice = !json_.string_or_none(v).empty());
      if (key == "fixed_in" && v.type() == sj::json_type::object) fixes(v, fixed_in);
    });
  }

  void fixes(sj::value value, Slots<std::string>& fixed_in) {
    json_.object(value, "affected[].database_specific.fixed_in", [&](std::string_view, sj::value v) {
      count_item();
      const std::string_view version = json_.string_or_none(v);
      if (version.empty() || version.size() > kMaxText || fixed_in.used() >= kMaxFixes || fixed_in.holds(version))
        return;
      fixed_in.next().assign(version);
    });
  }

  static constexpr size_t kMaxFixes = 256;

  Advisory& into_;
  JsonCursor& json_;
  Slots<std::string> aliases_, upstream_, related_, references_;
  Slots<Severity> severities_;
  Slots<AffectedPackage> affected_;
  size_t items_ = 0;
  int affected_seen_ = 0, informational_ = 0;
};

}  // namespace

struct OsvParser::State {
  JsonSource source;
  std::vector<AffectedPackage> spare;
};

OsvParser::OsvParser() : state_(std::make_unique<State>()) {}
OsvParser::~OsvParser() = default;

Status OsvParser::parse(std::string_view json, std::string_view name, Advisory& into) {
  JsonCursor cursor;
  RecordReader reader(into, cursor, state_->spare);
  return state_->source.read(
      json, name, kMaxRecord, cursor, [&](std::string_view key, sj::value value) { reader.member(key, value); },
      [&] { reader.finish(); });
}

}  // namespace plimsoll::feed
