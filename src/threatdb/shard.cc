#include "threatdb/shard.h"

#include <xxhash.h>

#include <bit>
#include <cstring>
#include <limits>

#include "threatdb/db_file.h"
#include "threatdb/names.h"

namespace plimsoll::threatdb {

size_t TextHash::operator()(std::string_view text) const { return XXH3_64bits(text.data(), text.size()); }

std::string_view StringPool::text(uint32_t reference) const {
  if (reference == none) return {};
  uint16_t brief = 0;
  std::memcpy(&brief, bytes_.data() + reference, 2);
  if (brief != 0xffff) return std::string_view(bytes_).substr(reference + 2, brief);
  uint32_t length = 0;
  std::memcpy(&length, bytes_.data() + reference + 2, 4);
  return std::string_view(bytes_).substr(reference + 6, length);
}

void StringPool::grow() {
  std::vector<Slot> larger(slots_.empty() ? 1 << 16 : slots_.size() * 2);
  for (const Slot& slot : slots_) {
    if (slot.reference == none) continue;
    size_t at = slot.hash & (larger.size() - 1);
    while (larger[at].reference != none) at = (at + 1) & (larger.size() - 1);
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

uint32_t StringPool::add(std::string_view text_to_add) {
  if (text_to_add.empty()) return none;
  if (used_ * 10 >= slots_.size() * 6) grow();
  const uint64_t hash = XXH3_64bits(text_to_add.data(), text_to_add.size());
  size_t at = hash & (slots_.size() - 1);
  for (; slots_[at].reference != none; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].hash == hash && text(slots_[at].reference) == text_to_add) return slots_[at].reference;
  }
  // Two pools are joined later, and `none` must stay free: a quarter of the address room each is far above any feed.
  if (bytes_.size() + text_to_add.size() + 6 > (uint64_t{1} << 30)) {
    overflowed_ = true;
    return none;
  }
  const auto reference = static_cast<uint32_t>(bytes_.size());
  const auto length = static_cast<uint32_t>(text_to_add.size());
  const uint16_t brief = length < 0xffff ? static_cast<uint16_t>(length) : uint16_t{0xffff};
  bytes_.append(reinterpret_cast<const char*>(&brief), 2);
  if (brief == 0xffff) bytes_.append(reinterpret_cast<const char*>(&length), 4);
  bytes_.append(text_to_add);
  slots_[at] = {hash, reference};
  ++used_;
  return reference;
}

uint32_t seconds_of(const std::optional<Instant>& at) {
  if (!at) return 0;
  const auto seconds = at->time_since_epoch().count();
  return seconds > 0 && seconds <= std::numeric_limits<uint32_t>::max() ? static_cast<uint32_t>(seconds) : 0;
}

Stretch Shard::add_list(const std::vector<std::string>& texts) {
  const Stretch out{static_cast<uint32_t>(lists.size()), static_cast<uint32_t>(texts.size())};
  for (const std::string& text : texts) lists.push_back(strings.add(text));
  return out;
}

Stretch Shard::add_opinions(const std::vector<Severity>& severities, std::string_view source) {
  Stretch out{static_cast<uint32_t>(opinions.size()), 0};
  for (const Severity& severity : severities) {
    OpinionRow row;
    row.level = static_cast<uint32_t>(severity.level);
    if (severity.score) row.score = std::bit_cast<uint32_t>(static_cast<float>(*severity.score));
    row.vector = strings.add(severity.vector);
    row.source = strings.add(severity.source.empty() ? source : std::string_view(severity.source));
    opinions.push_back(row);
    ++out.count;
  }
  return out;
}

Stretch Shard::add_events(const std::vector<feed::AffectedRange>& ranges) {
  Stretch out{static_cast<uint32_t>(events.size()), 0};
  for (const feed::AffectedRange& range : ranges) {
    uint32_t opens = event_opens_range;
    for (const feed::RangeEvent& event : range.events) {
      events.push_back(
          {static_cast<uint32_t>(event.kind) | (range.semver ? event_semver : 0U) | opens, strings.add(event.version)});
      opens = 0;
      ++out.count;
    }
  }
  return out;
}

uint32_t Shard::add_package(const std::string& ecosystem, const std::string& name) {
  const std::string_view normal = normal_name(ecosystem, name, buffer_);
  const uint64_t hash = key_hash(ecosystem, normal);
  if (packages.size() * 2 >= package_slots_.size()) {
    std::vector<uint32_t> larger(package_slots_.empty() ? 1 << 14 : package_slots_.size() * 2, none);
    for (uint32_t row = 0; row < packages.size(); ++row) {
      size_t at = packages[row].hash & (larger.size() - 1);
      while (larger[at] != none) at = (at + 1) & (larger.size() - 1);
      larger[at] = row;
    }
    package_slots_ = std::move(larger);
  }
  size_t at = hash & (package_slots_.size() - 1);
  for (; package_slots_[at] != none; at = (at + 1) & (package_slots_.size() - 1)) {
    const PackageKey& key = packages[package_slots_[at]];
    if (key.hash == hash && strings.text(key.name) == normal && strings.text(key.ecosystem) == ecosystem)
      return package_slots_[at];
  }
  package_slots_[at] = static_cast<uint32_t>(packages.size());
  packages.push_back({hash, strings.add(ecosystem), strings.add(normal)});
  return package_slots_[at];
}

void Shard::add(const feed::Advisory& advisory) {
  RecordRow record;
  record.id = strings.add(advisory.id);
  record.summary = strings.add(advisory.summary);
  record.modified = seconds_of(advisory.modified);
  record.published = seconds_of(advisory.published);
  record.withdrawn = seconds_of(advisory.withdrawn);
  if (advisory.withdrawn) record.flags |= record_withdrawn;
  if (advisory.informational) record.flags |= record_notice;
  record.aliases = add_list(advisory.aliases);
  record.upstream = add_list(advisory.upstream);
  record.related = add_list(advisory.related);
  record.references = add_list(advisory.references);
  record.opinions = add_opinions(advisory.severities, advisory.id);
  record.affected.first = static_cast<uint32_t>(affected.size());
  for (const feed::AffectedPackage& package : advisory.affected) {
    if (package.ecosystem.empty() || package.name.empty()) continue;
    AffectedRow row;
    row.record = static_cast<uint32_t>(records.size());
    row.package = add_package(package.ecosystem, package.name);
    row.events = add_events(package.ranges);
    row.versions = add_list(package.versions);
    row.fixed_in = add_list(package.fixed_in);
    row.opinions = add_opinions(package.severities, advisory.id);
    affected.push_back(row);
    ++record.affected.count;
  }
  records.push_back(record);
}

}  // namespace plimsoll::threatdb
