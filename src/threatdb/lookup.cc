#include "threatdb/lookup.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace plimsoll::threatdb {
namespace {

using version::Scheme;

struct Question {
  Scheme scheme;  // of the ecosystem
  std::string_view version;
  const Package& package;
};

// Whether a range of `row` holds the version. The nearest fixes of several matching ranges: the highest one counts.
Verdict evaluate_ranges(Reader& reader, const AffectedRow& row, const Question& question, Hit& hit) {
  const Stretch stretch = reader.check<EventRow>(Section::events, row.events);
  std::array<EventView, 32> few;
  std::vector<EventView> many;
  Verdict verdict = Verdict::unaffected;
  uint32_t at = 0;
  while (at < stretch.count && reader.good()) {
    size_t count = 0;
    bool semver = false;
    many.clear();
    do {
      const auto event = reader.row<EventRow>(Section::events, stretch, at++);
      semver = (event.flags & event_semver) != 0;
      const EventView view{static_cast<feed::EventKind>(event.flags & event_kind_mask), reader.text(event.version)};
      if (count < few.size()) {
        few[count] = view;
      } else {
        if (many.empty()) many.assign(few.begin(), few.end());
        many.push_back(view);
      }
      ++count;
    } while (at < stretch.count && reader.good() &&
             (reader.row<EventRow>(Section::events, stretch, at).flags & event_opens_range) == 0);
    const Scheme scheme = semver ? Scheme::semver : question.scheme;
    const std::span<const EventView> events = many.empty() ? std::span<const EventView>(few.data(), count) : many;
    const RangeVerdict range = evaluate_range(scheme, events, question.version);
    if (range.verdict == Verdict::unknown && verdict != Verdict::affected) verdict = Verdict::unknown;
    if (range.verdict != Verdict::affected) continue;
    const auto order =
        hit.fixed.empty() || range.fixed.empty() ? std::nullopt : version::compare(scheme, hit.fixed, range.fixed);
    if (verdict != Verdict::affected || hit.fixed.empty() || (order && *order < 0)) {
      hit.fixed = range.fixed.empty() ? hit.fixed : range.fixed;
      hit.introduced = range.introduced;
      hit.last_affected = range.last_affected;
    }
    verdict = Verdict::affected;
  }
  return verdict;
}

// The list of versions is compared letter by letter; where it stands alone, also by the ecosystem's own order ("1.0"
// and "1.0.0" are one version for many).
bool is_listed(Reader& reader, const AffectedRow& row, const Question& question) {
  const Stretch versions = reader.check<uint32_t>(Section::lists, row.versions);
  for (uint32_t i = 0; i < versions.count && reader.good(); ++i) {
    if (reader.text_of(versions, i) == question.version) return true;
  }
  if (row.events.count != 0) return false;
  for (uint32_t i = 0; i < versions.count && reader.good(); ++i) {
    const auto order = version::compare(question.scheme, reader.text_of(versions, i), question.version);
    if (order && *order == 0) return true;
  }
  return false;
}

// A module's builds and other builds of the same package are different packages.
bool same_modularity(Reader& reader, const AffectedRow& row, const RecordRow& record, const Package& package) {
  bool advisory_of_module = false;
  const Stretch events = reader.check<EventRow>(Section::events, row.events);
  for (uint32_t i = 0; i < events.count && reader.good(); ++i) {
    advisory_of_module =
        advisory_of_module || is_module_build(reader.text(reader.row<EventRow>(Section::events, events, i).version));
  }
  const bool package_of_module = !package.module.empty() || is_module_build(package.version);
  if (advisory_of_module != package_of_module) return false;
  return !advisory_of_module || !names_other_stream(reader.text(record.summary), package.module);
}

// RetireNet says the fix per version in a list beside; the smallest one above the version is the nearest.
void add_listed_fix(Reader& reader, const AffectedRow& row, const Question& question, Hit& hit) {
  const Stretch fixes = reader.check<uint32_t>(Section::lists, row.fixed_in);
  for (uint32_t i = 0; i < fixes.count && reader.good(); ++i) {
    const std::string_view fix = reader.text_of(fixes, i);
    const auto above = version::compare(question.scheme, fix, question.version);
    if (!above || *above <= 0) continue;
    const auto nearer = hit.fixed.empty() ? std::nullopt : version::compare(question.scheme, fix, hit.fixed);
    if (hit.fixed.empty() || (nearer && *nearer < 0)) hit.fixed = fix;
  }
}

void judge(Reader& reader, const AffectedRow& row, const Question& question, const LookUp& by, Hits& into) {
  const auto record = reader.row<RecordRow>(Section::records, row.record);
  if (!reader.good() || (record.flags & (record_withdrawn | record_notice)) != 0) return;
  if (question.package.type == PackageType::rpm && !same_modularity(reader, row, record, question.package)) return;
  Hit hit;
  Verdict verdict = evaluate_ranges(reader, row, question, hit);
  if (verdict != Verdict::affected && is_listed(reader, row, question)) {
    verdict = Verdict::affected;
    hit.listed = true;
    add_listed_fix(reader, row, question, hit);
  }
  if (!reader.good()) return;
  if (verdict == Verdict::unknown) into.not_comparable.emplace_back(reader.text(record.id));
  if (verdict != Verdict::affected) return;
  hit.record_row = row.record;
  hit.record = record;
  hit.affected = row;
  hit.source = by.source;
  hit.name = by.name;
  hit.version = by.version;
  into.affected.push_back(std::move(hit));
}

}  // namespace

uint32_t find_package(Reader& reader, std::string_view ecosystem, std::string_view name) {
  return find_slot(reader, Section::package_slots, key_hash(ecosystem, name), [&](uint32_t row) {
    const auto package = reader.row<PackageRow>(Section::packages, row);
    return reader.text(package.name) == name && reader.text(package.ecosystem) == ecosystem;
  });
}

uint32_t find_id(Reader& reader, std::string_view id) {
  const std::string wanted = lower(id);
  return find_slot(reader, Section::id_slots, key_hash("id", wanted),
                   [&](uint32_t row) { return lower(reader.text(reader.row<IdRow>(Section::ids, row).id)) == wanted; });
}

bool has_advisories(Reader& reader, std::string_view ecosystem) {
  const uint64_t rows = reader.rows<EcosystemRow>(Section::ecosystems);
  for (uint64_t i = 0; i < rows && reader.good(); ++i) {
    const std::string_view name = reader.text(reader.row<EcosystemRow>(Section::ecosystems, i).name);
    if (name == ecosystem || name == family_of(ecosystem)) return true;
  }
  return false;
}

void look_up(Reader& reader, std::string_view ecosystem, const LookUp& by, const Package& package, Hits& into) {
  const uint32_t found = find_package(reader, ecosystem, by.name);
  if (found == none) return;
  const auto row = reader.row<PackageRow>(Section::packages, found);
  const Stretch affected = reader.check<AffectedRow>(Section::affected, row.affected);
  const Question question{version::scheme_of(ecosystem).value_or(Scheme::fallback), by.version, package};
  for (uint32_t i = 0; i < affected.count && reader.good(); ++i) {
    judge(reader, reader.row<AffectedRow>(Section::affected, affected, i), question, by, into);
  }
}

Hits look_up(Reader& reader, const Package& package) {
  Hits out;
  const std::string_view family = family_of(package.ecosystem);
  for (const LookUp& by : look_ups_of(package)) {
    look_up(reader, package.ecosystem, by, package, out);
    // A record without a release speaks of every release; one with another release of none but its own.
    if (family.size() != package.ecosystem.size()) look_up(reader, family, by, package, out);
  }
  std::sort(out.not_comparable.begin(), out.not_comparable.end());
  out.not_comparable.erase(std::unique(out.not_comparable.begin(), out.not_comparable.end()), out.not_comparable.end());
  // What one entry of a record can not tell, another may.
  std::erase_if(out.not_comparable, [&](const std::string& id) {
    return std::any_of(out.affected.begin(), out.affected.end(),
                       [&](const Hit& hit) { return reader.text(hit.record.id) == id; });
  });
  return out;
}

}  // namespace plimsoll::threatdb
