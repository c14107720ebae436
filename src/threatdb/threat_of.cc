#include "threatdb/threat_of.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "base/text.h"

namespace plimsoll::threatdb {
namespace {

constexpr size_t max_references = 64;
constexpr size_t max_named_records = 4;

void add_opinions(Reader& reader, const Stretch& opinions, Voice voice, std::vector<Opinion>& into) {
  const Stretch stretch = reader.check<OpinionRow>(Section::opinions, opinions);
  for (uint32_t i = 0; i < stretch.count && reader.good(); ++i) {
    into.push_back({severity_of(reader, reader.row<OpinionRow>(Section::opinions, stretch, i)), voice});
  }
}

// The records of a threat that are in force and speak of it alone: of one that bundles many vulnerabilities, neither
// severity nor references are this one's.
template <class Each>
void each_own_record(Reader& reader, const ThreatRow& threat, Each each) {
  const Stretch records = reader.check<uint32_t>(Section::links, threat.records);
  for (uint32_t i = 0; i < records.count && reader.good(); ++i) {
    const auto number = reader.row<uint32_t>(Section::links, records, i);
    const auto record = reader.row<RecordRow>(Section::records, number);
    if (reader.good() && (record.flags & (record_withdrawn | record_bundle)) == 0) each(number, record);
  }
}

void add_references(Reader& reader, const RecordRow& record, std::vector<std::string>& into,
                    std::set<std::string_view>& seen) {
  const Stretch references = reader.check<uint32_t>(Section::lists, record.references);
  for (uint32_t i = 0; i < references.count && reader.good() && into.size() < max_references; ++i) {
    const std::string_view reference = reader.text_of(references, i);
    if (!reference.empty() && seen.insert(reference).second) into.emplace_back(reference);
  }
}

std::vector<std::string> references_of(Reader& reader, const ThreatRow& threat, const std::vector<const Hit*>& hits) {
  std::vector<std::string> out;
  std::set<std::string_view> seen;
  for (const Hit* hit : hits) add_references(reader, hit->record, out, seen);
  each_own_record(reader, threat,
                  [&](uint32_t, const RecordRow& record) { add_references(reader, record, out, seen); });
  return out;
}

std::vector<std::string> aliases_of(Reader& reader, const ThreatRow& threat, const std::vector<const Hit*>& hits,
                                    std::string_view id) {
  std::set<std::string> out;
  const Stretch aliases = reader.check<uint32_t>(Section::lists, threat.aliases);
  for (uint32_t i = 0; i < aliases.count && reader.good(); ++i) out.emplace(reader.text_of(aliases, i));
  for (const Hit* hit : hits) out.emplace(reader.text(hit->record.id));
  out.erase(std::string(id));
  return {out.begin(), out.end()};
}

// The hit that says most: one with a fix, of these the one with the highest, for only that one answers all records.
const Hit& leading_hit(const std::vector<const Hit*>& hits, version::Scheme scheme) {
  const Hit* best = hits.front();
  for (const Hit* hit : hits) {
    if (hit->fixed.empty()) continue;
    const auto order =
        best->fixed.empty() ? std::weak_ordering::greater : version::compare(scheme, hit->fixed, best->fixed);
    if (order && *order > 0) best = hit;
  }
  return *best;
}

std::string names_of(Reader& reader, const std::vector<const Hit*>& hits) {
  std::set<std::string> ids;
  for (const Hit* hit : hits) ids.insert(printable(reader.text(hit->record.id), 100));
  std::string out;
  size_t named = 0;
  for (const std::string& id : ids) {
    if (++named > max_named_records) break;
    out += (out.empty() ? "" : ", ") + id;
  }
  if (ids.size() > max_named_records) out += " and " + std::to_string(ids.size() - max_named_records) + " more";
  return out;
}

std::string evidence_of(Reader& reader, const Hit& hit, const std::vector<const Hit*>& hits) {
  std::string out = printable(hit.name, 200) + " " + printable(hit.version, 200);
  if (hit.listed) {
    out += " is in the list of affected versions";
  } else if (!hit.fixed.empty()) {
    out += " < " + printable(hit.fixed, 200);
  } else if (!hit.last_affected.empty()) {
    out += " <= " + printable(hit.last_affected, 200);
  } else if (hit.introduced.empty() || hit.introduced == "0") {
    out += ": every version is affected";
  } else {
    out += " >= " + printable(hit.introduced, 200);
  }
  return out + " (" + names_of(reader, hits) + ")";
}

std::string remedy_of(const Hit& hit, const Package& package) {
  const std::string name = printable(hit.name, 200);
  if (hit.fixed.empty()) return "No fixed version is known: remove " + name + ", or keep it from being reached";
  const std::string fixed = printable(hit.fixed, 200);
  if (hit.source) return "Upgrade source package " + name + " to " + fixed;
  return "Upgrade " + printable(package.name, 200) + " to " + fixed;
}

std::string title_of(Reader& reader, const ThreatRow& threat, const Hit& hit, const Package& package) {
  if (threat.title != none) return std::string(reader.text(threat.title));
  if (hit.record.summary != none) return std::string(reader.text(hit.record.summary));
  return std::string(reader.text(threat.id)) + " in " + (hit.source ? hit.name : package.name);
}

Threat make_threat(Reader& reader, uint32_t row, const Package& package, const std::vector<const Hit*>& hits) {
  const auto threat = reader.row<ThreatRow>(Section::threats, row);
  const Hit& hit = leading_hit(hits, version::scheme_of(package.ecosystem).value_or(version::Scheme::fallback));
  Threat out;
  out.id.value = std::string(reader.text(threat.id));
  out.aliases = aliases_of(reader, threat, hits, out.id.value);
  out.title = title_of(reader, threat, hit, package);
  Judgement judgement = judge_severity(opinions_of(reader, threat, hits, is_distribution(package.ecosystem)));
  out.severity = std::move(judgement.used);
  out.opinions = std::move(judgement.others);
  out.attack_vector = judgement.attack_vector;
  out.package = package;
  out.fixed_version = std::string(hit.fixed);
  out.known_exploited = (threat.flags & threat_exploited) != 0;
  if (threat.epss != none) {
    out.epss = std::bit_cast<float>(threat.epss);
    if (const uint32_t date = reader.file().header().epss_date; date != 0)
      out.epss_date = Instant(std::chrono::seconds(date));
  }
  out.evidence = evidence_of(reader, hit, hits);
  out.remedy = remedy_of(hit, package);
  out.references = references_of(reader, threat, hits);
  return out;
}

}  // namespace

Severity severity_of(Reader& reader, const OpinionRow& row) {
  Severity out;
  if (row.level <= static_cast<uint32_t>(SeverityLevel::critical)) out.level = static_cast<SeverityLevel>(row.level);
  if (row.score != none) {
    // Kept as float: back to the one decimal that CVSS has.
    const double score = static_cast<double>(std::bit_cast<float>(row.score));
    if (score >= 0 && score <= 10) out.score = static_cast<double>(static_cast<int>(score * 10 + 0.5)) / 10;
  }
  out.vector = std::string(reader.text(row.vector));
  out.source = std::string(reader.text(row.source));
  return out;
}

std::vector<Opinion> opinions_of(Reader& reader, const ThreatRow& threat, const std::vector<const Hit*>& matched,
                                 bool os_package) {
  std::vector<Opinion> out;
  const auto voice_of = [&](std::string_view record_id) {
    return record_id.starts_with("GHSA-") ? Voice::ghsa : Voice::other;
  };
  std::set<uint32_t> heard;
  for (const Hit* hit : matched) {
    if (!heard.insert(hit->record_row).second) continue;
    const Voice voice = os_package ? Voice::distribution : voice_of(reader.text(hit->record.id));
    add_opinions(reader, hit->record.opinions, voice, out);
    add_opinions(reader, hit->affected.opinions, voice, out);
  }
  add_opinions(reader, threat.opinions, Voice::nvd, out);
  each_own_record(reader, threat, [&](uint32_t number, const RecordRow& record) {
    if (!heard.insert(number).second) return;
    const Voice voice = voice_of(reader.text(record.id));
    add_opinions(reader, record.opinions, voice, out);
    const Stretch affected = reader.check<uint32_t>(Section::links, record.affected);
    for (uint32_t i = 0; i < affected.count && reader.good(); ++i) {
      const auto row = reader.row<AffectedRow>(Section::affected, reader.row<uint32_t>(Section::links, affected, i));
      add_opinions(reader, row.opinions, voice, out);
    }
  });
  return out;
}

std::vector<Threat> threats_of(Reader& reader, const Package& package, const Hits& hits) {
  std::map<uint32_t, std::vector<const Hit*>> by_threat;
  for (const Hit& hit : hits.affected) {
    const Stretch threats = reader.check<uint32_t>(Section::links, hit.record.threats);
    for (uint32_t i = 0; i < threats.count && reader.good(); ++i) {
      auto& same = by_threat[reader.row<uint32_t>(Section::links, threats, i)];
      if (same.empty() || same.back() != &hit) same.push_back(&hit);
    }
  }
  std::vector<Threat> out;
  out.reserve(by_threat.size());
  for (const auto& [row, same] : by_threat) {
    if (!reader.good()) break;
    out.push_back(make_threat(reader, row, package, same));
  }
  return out;
}

}  // namespace plimsoll::threatdb
