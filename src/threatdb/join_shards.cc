#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "threatdb/db_file.h"
#include "threatdb/image.h"

namespace plimsoll::threatdb {
namespace {

uint32_t moved(uint32_t reference, uint32_t base) { return reference == none ? none : reference + base; }

void move(Stretch& stretch, size_t base) { stretch.first += static_cast<uint32_t>(base); }

// Adds one shard's rows behind what is there, renumbered.
void append(Image& image, Shard& shard, std::vector<Shard::PackageKey>& packages) {
  const auto text = static_cast<uint32_t>(image.strings.size());
  const size_t lists = image.lists.size(), opinions = image.opinions.size(), events = image.events.size();
  const size_t records = image.records.size(), affected = image.affected.size(), package_base = packages.size();
  image.strings += shard.strings.bytes();
  for (const uint32_t reference : shard.lists) image.lists.push_back(moved(reference, text));
  for (OpinionRow row : shard.opinions) {
    row.vector = moved(row.vector, text);
    row.source = moved(row.source, text);
    image.opinions.push_back(row);
  }
  for (const EventRow& row : shard.events) image.events.push_back({row.flags, moved(row.version, text)});
  for (RecordRow row : shard.records) {
    row.id = moved(row.id, text);
    row.summary = moved(row.summary, text);
    for (Stretch* list : {&row.aliases, &row.upstream, &row.related, &row.references}) move(*list, lists);
    move(row.opinions, opinions);
    move(row.affected, affected);
    image.records.push_back(row);
  }
  for (AffectedRow row : shard.affected) {
    row.record += static_cast<uint32_t>(records);
    row.package += static_cast<uint32_t>(package_base);
    move(row.events, events);
    move(row.versions, lists);
    move(row.fixed_in, lists);
    move(row.opinions, opinions);
    image.affected.push_back(row);
  }
  for (Shard::PackageKey key : shard.packages) {
    key.ecosystem = moved(key.ecosystem, text);
    key.name = moved(key.name, text);
    packages.push_back(key);
  }
}

template <class Get>
size_t total(const std::vector<Shard>& shards, Get get) {
  size_t sum = 0;
  for (const Shard& shard : shards) sum += get(shard);
  return sum;
}

void reserve(Image& image, const std::vector<Shard>& shards) {
  image.strings.reserve(total(shards, [](const Shard& s) { return s.strings.bytes().size(); }));
  image.lists.reserve(total(shards, [](const Shard& s) { return s.lists.size(); }));
  image.records.reserve(total(shards, [](const Shard& s) { return s.records.size(); }));
  image.affected.reserve(total(shards, [](const Shard& s) { return s.affected.size(); }));
  image.events.reserve(total(shards, [](const Shard& s) { return s.events.size(); }));
  image.opinions.reserve(total(shards, [](const Shard& s) { return s.opinions.size(); }));
}

// One row a package over all shards, and their hash table.
void number_packages(Image& image, const std::vector<Shard::PackageKey>& keys) {
  std::vector<uint32_t> package_of(keys.size());
  std::vector<uint64_t> hashes;
  std::unordered_multimap<uint64_t, uint32_t> by_hash;
  by_hash.reserve(keys.size() * 2);
  for (uint32_t i = 0; i < keys.size(); ++i) {
    const auto [begin, end] = by_hash.equal_range(keys[i].hash);
    const auto same = std::find_if(begin, end, [&](const auto& entry) {
      const PackageRow& row = image.packages[entry.second];
      return image.text(row.name) == image.text(keys[i].name) &&
             image.text(row.ecosystem) == image.text(keys[i].ecosystem);
    });
    package_of[i] = same != end ? same->second : static_cast<uint32_t>(image.packages.size());
    if (same != end) continue;
    by_hash.emplace(keys[i].hash, package_of[i]);
    image.packages.push_back({keys[i].ecosystem, keys[i].name, {}});
    hashes.push_back(keys[i].hash);
  }
  for (AffectedRow& row : image.affected) row.package = package_of[row.package];
  image.package_slots = make_slots(hashes);
}

// The rows of every id that more than one record bears, the latest modified first.
std::vector<std::vector<uint32_t>> repeated_ids(const Image& image) {
  std::unordered_map<std::string_view, uint32_t, TextHash> first_row;
  std::unordered_map<uint32_t, std::vector<uint32_t>> groups;
  first_row.reserve(image.records.size() * 2);
  for (uint32_t row = 0; row < image.records.size(); ++row) {
    const auto [at, fresh] = first_row.try_emplace(image.text(image.records[row].id), row);
    if (fresh) continue;
    auto& group = groups[at->second];
    if (group.empty()) group.push_back(at->second);
    group.push_back(row);
  }
  std::vector<std::vector<uint32_t>> out;
  for (auto& [first, group] : groups) {
    std::sort(group.begin(), group.end(), [&](uint32_t a, uint32_t b) {
      return std::pair(image.records[b].modified, a) < std::pair(image.records[a].modified, b);
    });
    out.push_back(std::move(group));
  }
  return out;
}

// Several sources may hand out one id: the same record in the archives of several ecosystems, or records of their own
// that each speak of other packages. For each package the latest one counts; a record that says nothing more is
// dropped. Dropped affected rows lose their record.
void drop_repeated(Image& image) {
  std::vector<bool> drop(image.records.size(), false);
  bool any = false;
  for (const auto& rows : repeated_ids(image)) {
    std::unordered_set<uint32_t> covered;
    for (const uint32_t row : rows) {
      const Stretch affected = image.records[row].affected;
      std::vector<uint32_t> fresh;
      for (uint32_t i = affected.first; i < affected.first + affected.count; ++i) {
        if (covered.contains(image.affected[i].package)) {
          image.affected[i].record = none;
        } else {
          fresh.push_back(image.affected[i].package);
        }
      }
      covered.insert(fresh.begin(), fresh.end());
      drop[row] = fresh.empty() && row != rows.front();
      any = any || drop[row];
    }
  }
  if (!any) return;
  std::vector<uint32_t> number(image.records.size(), none);
  uint32_t next = 0;
  for (uint32_t row = 0; row < image.records.size(); ++row) {
    if (drop[row]) continue;
    number[row] = next;
    image.records[next++] = image.records[row];
  }
  image.records.resize(next);
  for (AffectedRow& row : image.affected) row.record = row.record == none ? none : number[row.record];
}

// Affected rows in the order of their packages (counting sort); those without a record go.
void sort_affected(Image& image) {
  for (const AffectedRow& row : image.affected) {
    if (row.record != none) ++image.packages[row.package].affected.count;
  }
  uint32_t first = 0;
  for (PackageRow& row : image.packages) {
    row.affected.first = first;
    first += row.affected.count;
  }
  std::vector<AffectedRow> sorted(first);
  std::vector<uint32_t> at(image.packages.size());
  for (size_t i = 0; i < at.size(); ++i) at[i] = image.packages[i].affected.first;
  for (const AffectedRow& row : image.affected) {
    if (row.record != none) sorted[at[row.package]++] = row;
  }
  image.affected = std::move(sorted);
}

void link_affected(Image& image) {
  for (RecordRow& record : image.records) record.affected = {};
  for (const AffectedRow& row : image.affected) ++image.records[row.record].affected.count;
  auto first = static_cast<uint32_t>(image.links.size());
  std::vector<uint32_t> at(image.records.size());
  for (size_t i = 0; i < at.size(); ++i) {
    image.records[i].affected.first = at[i] = first;
    first += image.records[i].affected.count;
  }
  image.links.resize(first);
  for (uint32_t row = 0; row < image.affected.size(); ++row) image.links[at[image.affected[row].record]++] = row;
}

void count_ecosystems(Image& image) {
  std::unordered_map<std::string_view, uint32_t> rows;
  for (const PackageRow& package : image.packages) {
    const auto [at, fresh] =
        rows.try_emplace(image.text(package.ecosystem), static_cast<uint32_t>(image.ecosystems.size()));
    if (fresh) image.ecosystems.push_back({package.ecosystem, 0});
    ++image.ecosystems[at->second].packages;
  }
  std::sort(image.ecosystems.begin(), image.ecosystems.end(),
            [&](const EcosystemRow& a, const EcosystemRow& b) { return image.text(a.name) < image.text(b.name); });
}

}  // namespace

std::string_view Image::text(uint32_t reference) const {
  if (reference == none) return {};
  if (reference >= strings.size()) return more_strings.text(reference - static_cast<uint32_t>(strings.size()));
  uint16_t brief = 0;
  std::memcpy(&brief, strings.data() + reference, 2);
  if (brief != 0xffff) return std::string_view(strings).substr(reference + 2, brief);
  uint32_t length = 0;
  std::memcpy(&length, strings.data() + reference + 2, 4);
  return std::string_view(strings).substr(reference + 6, length);
}

uint32_t Image::add_text(std::string_view added) {
  return moved(more_strings.add(added), static_cast<uint32_t>(strings.size()));
}

std::vector<SlotRow> make_slots(const std::vector<uint64_t>& hashes) {
  std::vector<SlotRow> slots(std::bit_ceil(std::max<size_t>(hashes.size() * 2, 8)));
  for (uint32_t row = 0; row < hashes.size(); ++row) {
    size_t at = hashes[row] & (slots.size() - 1);
    while (slots[at].row != none) at = (at + 1) & (slots.size() - 1);
    slots[at] = {static_cast<uint32_t>(hashes[row] >> 32), row};
  }
  return slots;
}

Result<Image> join_shards(std::vector<Shard> shards) {
  // The pool of added strings needs the last quarter.
  if (total(shards, [](const Shard& s) { return s.strings.bytes().size(); }) > (uint64_t{3} << 30) ||
      std::any_of(shards.begin(), shards.end(), [](const Shard& s) { return s.strings.overflowed(); }) ||
      total(shards, [](const Shard& s) { return s.lists.size(); }) > 0x7fffffff) {
    return Error{ErrorKind::limit, "the feeds hold more text than one threat database can"};
  }
  Image image;
  reserve(image, shards);
  std::vector<Shard::PackageKey> packages;
  for (Shard& shard : shards) append(image, shard, packages);
  number_packages(image, packages);
  drop_repeated(image);
  sort_affected(image);
  link_affected(image);
  count_ecosystems(image);
  return image;
}

}  // namespace plimsoll::threatdb
