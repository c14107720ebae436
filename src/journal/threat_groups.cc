#include "journal/threat_groups.h"

#include "journal/search_words.h"

namespace plimsoll::journal {

Result<ThreatGroups::Group> ThreatGroups::find_or_make(const PreparedThreat& threat) {
  Database& db = transaction_.db;
  const Threat& t = *threat.threat;
  Group group;
  PLIMSOLL_CHECK(db.each(
      "SELECT no, rank, title FROM threat_groups WHERE id = ?",
      [&](const Row& row) {
        group.no = row.integer(0);
        group.stored_rank = row.integer(1);
        group.stored_title = row.bytes(2);
      },
      threat.id));
  if (group.no != 0) return group;
  PLIMSOLL_CHECK(db.each(
      "INSERT INTO threat_groups (id, kind, title, level, score, known_exploited, epss, rank, assets, fixable, "
      "first_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?) RETURNING no",
      [&](const Row& row) { group.no = row.integer(0); }, threat.id, static_cast<int>(t.kind), t.title,
      static_cast<int>(t.severity.level), t.severity.score, t.known_exploited, t.epss, threat.rank, transaction_.now));
  PLIMSOLL_CHECK(put_threat_words(db, group.no, threat.id, t.title));
  group.stored_title = t.title;
  return group;
}

Result<int64_t> ThreatGroups::number_of(const PreparedThreat& threat) {
  auto it = groups_.find(threat.id);
  if (it == groups_.end()) {
    PLIMSOLL_TRY(group, find_or_make(threat));
    it = groups_.emplace(threat.id, group).first;
  }
  Group& group = it->second;
  if (group.worst == nullptr || threat.rank > group.rank) {
    group.worst = threat.threat;
    group.rank = threat.rank;
  }
  return group.no;
}

void ThreatGroups::moved(const GroupsOfAsset& before, const GroupsOfAsset& after) {
  for (const auto& [group, fixable] : before) {
    const auto now = after.find(group);
    if (now == after.end()) --moves_[group].assets;
    if (fixable && (now == after.end() || !now->second)) --moves_[group].fixable;
  }
  for (const auto& [group, fixable] : after) {
    const auto then = before.find(group);
    if (then == before.end()) ++moves_[group].assets;
    if (fixable && (then == before.end() || !then->second)) ++moves_[group].fixable;
  }
}

Status ThreatGroups::flush() {
  for (const auto& [id, group] : groups_) {
    const bool replace = replace_ && (in_parts_ == nullptr || !in_parts_->contains(id));
    if (!replace && group.rank < group.stored_rank) continue;
    const Threat& t = *group.worst;
    PLIMSOLL_CHECK(transaction_.db.run(
        "UPDATE threat_groups SET kind = ?, title = ?, level = ?, score = ?, known_exploited = ?, epss = ?, rank = ? "
        "WHERE no = ?",
        static_cast<int>(t.kind), t.title, static_cast<int>(t.severity.level), t.severity.score, t.known_exploited,
        t.epss, group.rank, group.no));
    if (t.title != group.stored_title) PLIMSOLL_CHECK(put_threat_words(transaction_.db, group.no, id, t.title));
  }
  for (const auto& [no, move] : moves_) {
    if (move.assets == 0 && move.fixable == 0) continue;
    PLIMSOLL_CHECK(
        transaction_.db.run("UPDATE threat_groups SET assets = assets + ?, fixable = fixable + ? WHERE no = ?",
                            move.assets, move.fixable, no));
  }
  groups_.clear();
  moves_.clear();
  return Done{};
}

Result<GroupsOfAsset> ThreatGroups::of_asset(int64_t asset) {
  GroupsOfAsset groups;
  PLIMSOLL_CHECK(transaction_.db.each(
      "SELECT threat_group, fixed_version <> '' FROM threats WHERE asset = ? AND resolved_at IS NULL",
      [&](const Row& row) { groups[row.integer(0)] |= row.integer(1) != 0; }, asset));
  return groups;
}

}  // namespace plimsoll::journal
