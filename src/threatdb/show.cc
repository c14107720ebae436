#include <bit>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "threatdb/lookup.h"
#include "threatdb/state.h"
#include "threatdb/threat_of.h"

namespace plimsoll::threatdb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 4> event_names{"introduced", "fixed", "last_affected", "limit"};

Json texts(Reader& reader, const Stretch& list) {
  Json out = Json::array();
  const Stretch stretch = reader.check<uint32_t>(Section::lists, list);
  for (uint32_t i = 0; i < stretch.count && reader.good(); ++i) out.push_back(std::string(reader.text_of(stretch, i)));
  return out;
}

void add_time(Json& into, const char* key, uint32_t seconds) {
  if (seconds != 0) into[key] = format_rfc3339(Instant(std::chrono::seconds(seconds)));
}

void add_texts(Json& into, const char* key, Reader& reader, const Stretch& list) {
  if (list.count != 0) into[key] = texts(reader, list);
}

Json severity_json(const Severity& severity) {
  Json out;
  out["level"] = std::string(name_of(severity.level));
  if (severity.score) out["score"] = *severity.score;
  if (!severity.vector.empty()) out["vector"] = severity.vector;
  out["source"] = severity.source;
  return out;
}

Json opinions_json(Reader& reader, const Stretch& opinions) {
  Json out = Json::array();
  const Stretch stretch = reader.check<OpinionRow>(Section::opinions, opinions);
  for (uint32_t i = 0; i < stretch.count && reader.good(); ++i) {
    out.push_back(severity_json(severity_of(reader, reader.row<OpinionRow>(Section::opinions, stretch, i))));
  }
  return out;
}

Json ranges_json(Reader& reader, const Stretch& events) {
  Json out = Json::array();
  const Stretch stretch = reader.check<EventRow>(Section::events, events);
  for (uint32_t i = 0; i < stretch.count && reader.good(); ++i) {
    const auto event = reader.row<EventRow>(Section::events, stretch, i);
    if (out.empty() || (event.flags & event_opens_range) != 0) {
      out.push_back({{"type", (event.flags & event_semver) != 0 ? "SEMVER" : "ECOSYSTEM"}, {"events", Json::array()}});
    }
    Json entry;
    entry[event_names[event.flags & event_kind_mask]] = std::string(reader.text(event.version));
    out.back()["events"].push_back(std::move(entry));
  }
  return out;
}

Json affected_json(Reader& reader, const AffectedRow& row) {
  const auto package = reader.row<PackageRow>(Section::packages, row.package);
  Json out;
  out["ecosystem"] = std::string(reader.text(package.ecosystem));
  out["name"] = std::string(reader.text(package.name));
  if (row.events.count != 0) out["ranges"] = ranges_json(reader, row.events);
  add_texts(out, "versions", reader, row.versions);
  add_texts(out, "fixed_in", reader, row.fixed_in);
  if (row.opinions.count != 0) out["severity"] = opinions_json(reader, row.opinions);
  return out;
}

Json record_json(Reader& reader, const RecordRow& record) {
  Json out;
  out["id"] = std::string(reader.text(record.id));
  add_time(out, "modified", record.modified);
  add_time(out, "published", record.published);
  if ((record.flags & record_withdrawn) != 0) {
    add_time(out, "withdrawn", record.withdrawn);
    out["in_force"] = false;
  }
  if ((record.flags & record_notice) != 0) out["notice"] = "no vulnerability: never matched";
  if (record.summary != none) out["summary"] = std::string(reader.text(record.summary));
  add_texts(out, "aliases", reader, record.aliases);
  add_texts(out, "upstream", reader, record.upstream);
  add_texts(out, "related", reader, record.related);
  if (record.opinions.count != 0) out["severity"] = opinions_json(reader, record.opinions);
  Json affected = Json::array();
  const Stretch links = reader.check<uint32_t>(Section::links, record.affected);
  for (uint32_t i = 0; i < links.count && reader.good(); ++i) {
    const auto row = reader.row<uint32_t>(Section::links, links, i);
    affected.push_back(affected_json(reader, reader.row<AffectedRow>(Section::affected, row)));
  }
  out["affected"] = std::move(affected);
  add_texts(out, "references", reader, record.references);
  return out;
}

void add_exploit_evidence(Json& into, Reader& reader, const ThreatRow& threat) {
  into["known_exploited"] = (threat.flags & threat_exploited) != 0;
  if ((threat.flags & threat_ransomware) != 0) into["used_by_ransomware"] = true;
  if (threat.exploited_due != none) into["exploited_due_date"] = std::string(reader.text(threat.exploited_due));
  if (threat.epss == none) return;
  into["epss"] = static_cast<double>(std::bit_cast<float>(threat.epss));
  if (const uint32_t date = reader.file().header().epss_date; date != 0) {
    into["epss_date"] = format_rfc3339(Instant(std::chrono::seconds(date)));
  }
}

Json threat_json(Reader& reader, const ThreatRow& threat) {
  Json out;
  out["id"] = std::string(reader.text(threat.id));
  out["aliases"] = texts(reader, threat.aliases);
  if (threat.title != none) out["title"] = std::string(reader.text(threat.title));
  const Judgement judgement = judge_severity(opinions_of(reader, threat, {}, false));
  out["severity"] = severity_json(judgement.used);
  out["opinions"] = Json::array();
  for (const Severity& other : judgement.others) out["opinions"].push_back(severity_json(other));
  add_exploit_evidence(out, reader, threat);
  Json records = Json::array();
  const Stretch links = reader.check<uint32_t>(Section::links, threat.records);
  for (uint32_t i = 0; i < links.count && reader.good(); ++i) {
    const auto row = reader.row<uint32_t>(Section::links, links, i);
    records.push_back(record_json(reader, reader.row<RecordRow>(Section::records, row)));
  }
  out["records"] = std::move(records);
  return out;
}

// A record that speaks of several vulnerabilities: itself, and their ids.
Json bundle_json(Reader& reader, const IdRow& id, const Stretch& threats) {
  Json out;
  out["id"] = std::string(reader.text(id.id));
  Json named = Json::array();
  for (uint32_t i = 0; i < threats.count && reader.good(); ++i) {
    const auto row = reader.row<uint32_t>(Section::links, threats, i);
    named.push_back(std::string(reader.text(reader.row<ThreatRow>(Section::threats, row).id)));
  }
  out["vulnerabilities"] = std::move(named);
  if (id.record != none) out["record"] = record_json(reader, reader.row<RecordRow>(Section::records, id.record));
  return out;
}

}  // namespace

Result<std::string> ThreatDb::show(std::string_view id) const {
  Reader reader(*state_->file);
  const uint32_t found = find_id(reader, id);
  if (!reader.good()) return reader.damage();
  if (found == none) {
    return Error{ErrorKind::not_found, "no record has the id " + printable(id, 200), printable(state_->file->path())};
  }
  const auto row = reader.row<IdRow>(Section::ids, found);
  const Stretch threats = reader.check<uint32_t>(Section::links, row.threats);
  Json out;
  if (threats.count == 1) {
    const auto threat = reader.row<uint32_t>(Section::links, threats, 0);
    out = threat_json(reader, reader.row<ThreatRow>(Section::threats, threat));
  } else {
    out = bundle_json(reader, row, threats);
  }
  if (!reader.good()) return reader.damage();
  return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace plimsoll::threatdb
