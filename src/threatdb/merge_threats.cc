#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/text.h"
#include "threatdb/db_file.h"
#include "threatdb/image.h"
#include "threatdb/names.h"

namespace plimsoll::threatdb {
namespace {

using Numbers = std::vector<uint32_t>;

void add_once(Numbers& numbers, uint32_t number) {
  if (std::find(numbers.begin(), numbers.end(), number) == numbers.end()) numbers.push_back(number);
}

// Every id that a record bears or names, numbered.
struct KnownId {
  uint32_t text = none;
  uint32_t record = none;  // row of the record of that id
  uint32_t threat = none;  // row of the threat that goes by that id
  bool cve = false;
};

class Merger {
 public:
  explicit Merger(Image& image) : image_(image), named_(image.records.size()), own_(image.records.size()) {}

  void run() {
    numbers_.reserve(image_.records.size() * 3);
    ids_.reserve(image_.records.size() * 3);
    for (uint32_t row = 0; row < image_.records.size(); ++row) read_names(row);
    join_aliases();
    find_cves_of_groups();
    for (uint32_t row = 0; row < image_.records.size(); ++row) place(row);
    write_links();
    write_aliases();
    choose_titles();
    write_ids();
  }

 private:
  uint32_t number_of(uint32_t text) {
    const std::string_view id = image_.text(text);
    const auto [at, fresh] = numbers_.try_emplace(id, static_cast<uint32_t>(ids_.size()));
    if (fresh) ids_.push_back({text, none, none, is_cve(id)});
    return at->second;
  }

  // Calls `each` for the number of every id in a list.
  template <class Each>
  void each_id(const Stretch& list, Each each) {
    for (uint32_t i = 0; i < list.count; ++i) {
      const uint32_t text = image_.lists[list.first + i];
      if (text != none) each(number_of(text));
    }
  }

  bool of_distribution(const RecordRow& record) const {
    if (record.affected.count == 0) return false;
    const AffectedRow& first = image_.affected[image_.links[record.affected.first]];
    return is_distribution(image_.text(image_.packages[first.package].ecosystem));
  }

  // Which vulnerabilities a record names. Its own id and aliases say what it *is*; `upstream` (and `related` of a
  // distribution that knows no `upstream`) says what it *mends*, which is no alias.
  void read_names(uint32_t row) {
    RecordRow& record = image_.records[row];
    const uint32_t self = number_of(record.id);
    ids_[self].record = row;
    Numbers& own = own_[row];
    Numbers& named = named_[row];
    own.push_back(self);
    each_id(record.aliases, [&](uint32_t id) { add_once(own, id); });
    for (const uint32_t id : own) {
      if (ids_[id].cve) named.push_back(id);
    }
    if (!named.empty()) return;
    each_id(record.upstream, [&](uint32_t id) {
      if (ids_[id].cve) add_once(named, id);
    });
    if (named.empty()) each_id(record.upstream, [&](uint32_t id) { add_once(named, id); });
    if (named.empty() && of_distribution(record)) {
      each_id(record.related, [&](uint32_t id) {
        if (ids_[id].cve) add_once(named, id);
      });
    }
    if (named.empty() && is_notice_id(image_.text(record.id))) record.flags |= record_notice;
  }

  size_t own_cves(uint32_t row) const {
    return static_cast<size_t>(
        std::count_if(own_[row].begin(), own_[row].end(), [&](uint32_t id) { return ids_[id].cve; }));
  }

  uint32_t group_of(uint32_t id) {
    while (parent_[id] != id) id = parent_[id] = parent_[parent_[id]];
    return id;
  }

  // Ids other than CVEs are one group when a record calls them aliases. CVE ids are never joined: whoever gives them
  // out sees to it that each is one vulnerability. A record with several CVEs says nothing of which alias is which.
  void join_aliases() {
    parent_.resize(ids_.size());
    std::iota(parent_.begin(), parent_.end(), 0U);
    for (uint32_t row = 0; row < own_.size(); ++row) {
      if (own_cves(row) > 1) continue;
      uint32_t first = none;
      for (const uint32_t id : own_[row]) {
        if (ids_[id].cve) continue;
        if (first == none) first = id;
        const uint32_t a = group_of(first), b = group_of(id);
        parent_[std::max(a, b)] = std::min(a, b);
      }
    }
  }

  void find_cves_of_groups() {
    group_cves_.resize(ids_.size());
    std::vector<Numbers> from_bundles(ids_.size());
    for (uint32_t row = 0; row < own_.size(); ++row) {
      const size_t cves = own_cves(row);
      if (cves == 0) continue;
      for (const uint32_t id : own_[row]) {
        if (ids_[id].cve) continue;
        Numbers& into = (cves == 1 ? group_cves_ : from_bundles)[group_of(id)];
        for (const uint32_t cve : own_[row]) {
          if (ids_[cve].cve) add_once(into, cve);
        }
      }
    }
    for (size_t group = 0; group < group_cves_.size(); ++group) {
      if (group_cves_[group].empty()) group_cves_[group] = std::move(from_bundles[group]);
    }
  }

  uint32_t threat_of(uint32_t id) {
    if (ids_[id].threat == none) {
      ids_[id].threat = static_cast<uint32_t>(image_.threats.size());
      image_.threats.emplace_back().id = ids_[id].text;
      threat_records_.emplace_back();
    }
    return ids_[id].threat;
  }

  // Files a record under its threats, which are made when first named.
  void place(uint32_t row) {
    record_threats_.resize(own_.size());
    Numbers& threats = record_threats_[row];
    const Numbers self{own_[row].front()};
    for (const uint32_t id : named_[row].empty() ? self : named_[row]) {
      if (ids_[id].cve) {
        add_once(threats, threat_of(id));
        continue;
      }
      const uint32_t group = group_of(id);
      for (const uint32_t cve : group_cves_[group]) add_once(threats, threat_of(cve));
      if (group_cves_[group].empty()) add_once(threats, threat_of(group));
    }
    if (threats.size() > 1) image_.records[row].flags |= record_bundle;
    for (const uint32_t threat : threats) threat_records_[threat].push_back(row);
  }

  Stretch add_links(const Numbers& numbers) {
    const Stretch out{static_cast<uint32_t>(image_.links.size()), static_cast<uint32_t>(numbers.size())};
    image_.links.insert(image_.links.end(), numbers.begin(), numbers.end());
    return out;
  }

  void write_links() {
    for (uint32_t row = 0; row < record_threats_.size(); ++row)
      image_.records[row].threats = add_links(record_threats_[row]);
    for (uint32_t row = 0; row < image_.threats.size(); ++row) {
      Numbers& records = threat_records_[row];
      std::sort(records.begin(), records.end(), [&](uint32_t a, uint32_t b) { return record_id(a) < record_id(b); });
      image_.threats[row].records = add_links(records);
    }
  }

  std::string_view record_id(uint32_t row) const { return image_.text(image_.records[row].id); }

  // A group without a CVE goes by its GHSA id, else by the first in the alphabet.
  bool better_name(uint32_t a, uint32_t b) const {
    const std::string_view text_a = image_.text(a), text_b = image_.text(b);
    const bool ghsa_a = text_a.starts_with("GHSA-"), ghsa_b = text_b.starts_with("GHSA-");
    return ghsa_a != ghsa_b ? ghsa_a : text_a < text_b;
  }

  void write_aliases() {
    std::vector<Numbers> aliases(image_.threats.size());
    for (uint32_t id = 0; id < ids_.size(); ++id) {
      if (ids_[id].cve) continue;
      const uint32_t group = group_of(id);
      for (const uint32_t cve : group_cves_[group]) {
        if (ids_[cve].threat != none) aliases[ids_[cve].threat].push_back(ids_[id].text);
      }
      if (group_cves_[group].empty() && ids_[group].threat != none) {
        ThreatRow& threat = image_.threats[ids_[group].threat];
        if (better_name(ids_[id].text, threat.id)) threat.id = ids_[id].text;
        aliases[ids_[group].threat].push_back(ids_[id].text);
      }
    }
    for (uint32_t row = 0; row < record_threats_.size(); ++row) {
      // By the id's first reference: equal texts of two shards then are one.
      if (record_threats_[row].size() == 1) aliases[record_threats_[row][0]].push_back(ids_[own_[row].front()].text);
    }
    for (uint32_t row = 0; row < aliases.size(); ++row) write_aliases_of(image_.threats[row], aliases[row]);
  }

  void write_aliases_of(ThreatRow& threat, Numbers& texts) {
    std::sort(texts.begin(), texts.end(), [&](uint32_t a, uint32_t b) { return image_.text(a) < image_.text(b); });
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    std::erase_if(texts, [&](uint32_t text) { return image_.text(text) == image_.text(threat.id); });
    threat.aliases = {static_cast<uint32_t>(image_.lists.size()), static_cast<uint32_t>(texts.size())};
    image_.lists.insert(image_.lists.end(), texts.begin(), texts.end());
  }

  // GHSA writes headlines. A distribution speaks of its own package: its words are a title for that package only.
  void choose_titles() {
    for (uint32_t row = 0; row < image_.threats.size(); ++row) {
      bool by_ghsa = false;
      for (const uint32_t record_row : threat_records_[row]) {
        const RecordRow& record = image_.records[record_row];
        uint32_t& title = image_.threats[row].title;
        const bool ghsa = record_id(record_row).starts_with("GHSA-");
        if (record.summary == none || (record.flags & (record_bundle | record_withdrawn)) != 0) continue;
        if ((title != none && (by_ghsa || !ghsa)) || of_distribution(record)) continue;
        title = record.summary;
        by_ghsa = ghsa;
      }
    }
  }

  void write_ids() {
    std::vector<uint64_t> hashes;
    for (uint32_t id = 0; id < ids_.size(); ++id) {
      Numbers threats;
      if (ids_[id].record != none) {
        threats = record_threats_[ids_[id].record];
      } else if (ids_[id].cve) {
        if (ids_[id].threat != none) threats.push_back(ids_[id].threat);
      } else {
        const uint32_t group = group_of(id);
        for (const uint32_t cve : group_cves_[group]) {
          if (ids_[cve].threat != none) threats.push_back(ids_[cve].threat);
        }
        if (group_cves_[group].empty() && ids_[group].threat != none) threats.push_back(ids_[group].threat);
      }
      if (threats.empty()) continue;
      image_.ids.push_back({ids_[id].text, ids_[id].record, add_links(threats)});
      hashes.push_back(key_hash("id", lower(image_.text(ids_[id].text))));
    }
    image_.id_slots = make_slots(hashes);
  }

  Image& image_;
  std::unordered_map<std::string_view, uint32_t, TextHash> numbers_;
  std::vector<KnownId> ids_;
  std::vector<Numbers> named_, own_;  // per record
  std::vector<uint32_t> parent_;      // per id: union-find
  std::vector<Numbers> group_cves_;   // per group
  std::vector<Numbers> record_threats_, threat_records_;
};

}  // namespace

void merge_threats(Image& image) { Merger(image).run(); }

}  // namespace plimsoll::threatdb
