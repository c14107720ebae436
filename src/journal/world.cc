#include "journal/world.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "journal/flow_store.h"
#include "journal/package_index.h"
#include "journal/search_words.h"
#include "journal/threat_groups.h"
#include "journal/trend.h"
#include "model/names.h"
#include "wire/json_writer.h"

namespace plimsoll::journal {
namespace {

constexpr size_t ids_in_event = 50;
constexpr int64_t seconds_between_scores = 3600;  // a point at least so often, also when nothing changes

// What is known of an asset before the report is taken in.
struct Known {
  int64_t no = 0;  // 0: it was never seen
  int score = 0;
  ThreatLevel level = ThreatLevel::minimal;
  bool gone = false;
};

struct ThreatMoves {
  std::vector<std::string> appeared, resolved;
};

class WorldWriter {
 public:
  WorldWriter(Transaction& transaction, const PreparedReport& prepared)
      : t_(transaction),
        p_(prepared),
        at_(prepared.report->generated_at == Instant{} ? transaction.now : prepared.report->generated_at),
        groups_(transaction,
                (prepared.how->whole || prepared.how->in_parts != nullptr) && prepared.how->unchanged.empty(),
                prepared.how->in_parts) {}

  Status write() {
    for (const PreparedAsset& asset : p_.assets) PLIMSOLL_CHECK(write_asset(asset));
    PLIMSOLL_CHECK(groups_.flush());
    PLIMSOLL_CHECK(find_gone());
    PLIMSOLL_CHECK(see_unchanged());
    PLIMSOLL_CHECK(put_trend(t_.db, at_));
    PLIMSOLL_CHECK(put_flows(t_.db, p_.report->flows, Counting::so_far, at_));
    return p_.how->whole ? write_overview() : Status(Done{});
  }

 private:
  Transaction& t_;
  const PreparedReport& p_;
  const Instant at_;
  ThreatGroups groups_;

  Status tell(const char* kind, const AssetId& subject, wire::JsonWriter&& body) {
    return t_.add({kind, p_.how->actor, subject, one_line(std::move(body).take()), {}});
  }

  Result<Known> find(const AssetId& id) {
    Known known;
    PLIMSOLL_CHECK(t_.db.each(
        "SELECT no, score, level, gone_at IS NOT NULL FROM assets WHERE id = ?",
        [&](const Row& row) {
          known = {row.integer(0), row.number(1), static_cast<ThreatLevel>(row.number(2)), row.integer(3) != 0};
        },
        id.value));
    return known;
  }

  Status write_asset(const PreparedAsset& asset) {
    const AssetId& id = asset.report->asset.id;
    PLIMSOLL_TRY(known, find(id));
    PLIMSOLL_TRY(no, write_row(asset));
    PLIMSOLL_CHECK(put_asset_words(t_.db, no, asset.report->asset));
    PLIMSOLL_CHECK(write_bodies(asset, no));
    PLIMSOLL_TRY(moves, write_threats(asset, no, known.no != 0 && !known.gone));
    PLIMSOLL_CHECK(write_score(asset, no, known));
    return tell_changes(asset, known, moves);
  }

  Result<int64_t> write_row(const PreparedAsset& prepared) {
    const AssetReport& report = *prepared.report;
    const Asset& asset = report.asset;
    const SeverityCounts& n = prepared.counts;
    int64_t no = 0;
    PLIMSOLL_CHECK(t_.db.each(
        "INSERT INTO assets (id, kind, name, node, image, platform, status, labels, os, score, level, critical, high, "
        "medium, low, unknown, not_assessed, first_seen, last_seen, scanned_at, gone_at, inventory, details) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, node = excluded.node, "
        "image = excluded.image, platform = excluded.platform, status = excluded.status, labels = excluded.labels, "
        "os = excluded.os, score = excluded.score, level = excluded.level, critical = excluded.critical, "
        "high = excluded.high, medium = excluded.medium, low = excluded.low, unknown = excluded.unknown, "
        "not_assessed = excluded.not_assessed, last_seen = CASE WHEN excluded.last_seen > "
        "assets.last_seen THEN excluded.last_seen ELSE assets.last_seen END, "
        "scanned_at = CASE WHEN excluded.scanned_at > assets.scanned_at THEN excluded.scanned_at "
        "ELSE assets.scanned_at END, gone_at = NULL, inventory = excluded.inventory, "
        "details = excluded.details RETURNING no",
        [&](const Row& row) { no = row.integer(0); }, asset.id.value, static_cast<int>(asset.kind), asset.name,
        asset.node, asset.image, asset.platform, asset.status, prepared.labels, prepared.os, report.assessment.score,
        static_cast<int>(report.assessment.level), n.critical, n.high, n.medium, n.low, n.unknown,
        report.assessment.not_assessed.size(), at_, at_, report.scanned_at, prepared.inventory_hash, prepared.details));
    return no;
  }

  Status write_bodies(const PreparedAsset& asset, int64_t no) {
    static const std::string no_gaps;
    PLIMSOLL_CHECK(t_.db.run("INSERT INTO inventories (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
                             asset.inventory_hash, Blob{asset.inventory}));
    PLIMSOLL_CHECK(index_packages(t_.db, asset.inventory_hash, asset.report->packages));
    PLIMSOLL_CHECK(
        t_.db.run("INSERT INTO asset_bodies (asset, report, facts, gaps) VALUES (?, ?, ?, ?) "
                  "ON CONFLICT (asset) DO UPDATE SET report = excluded.report, facts = excluded.facts",
                  no, Blob{asset.body}, Blob{asset.facts}, Blob{no_gaps}));
    if (!asset.gaps) return Done{};
    return t_.db.run("UPDATE asset_bodies SET gaps = ? WHERE asset = ?", Blob{*asset.gaps}, no);
  }

  // Tells the threats of before and of now apart; rows that stay keep their first_seen.
  Result<ThreatMoves> write_threats(const PreparedAsset& asset, int64_t no, bool was_there) {
    struct Open {
      int64_t no, rank;
      std::string id, fixed;
    };
    std::unordered_map<std::string, Open> open;
    const auto key_of = [](std::string_view id, std::string_view package, std::string_view version) {
      return std::string(id) + '\0' + std::string(package) + '\0' + std::string(version);
    };
    PLIMSOLL_TRY(before, groups_.of_asset(no));
    PLIMSOLL_CHECK(t_.db.each(
        "SELECT t.no, g.id, t.package, t.version, t.rank, t.fixed_version FROM threats t "
        "JOIN threat_groups g ON g.no = t.threat_group WHERE t.asset = ? AND t.resolved_at IS NULL",
        [&](const Row& row) {
          const std::string id = row.bytes(1);
          open[key_of(id, row.bytes(2), row.bytes(3))] = {row.integer(0), row.integer(4), id, row.bytes(5)};
        },
        no));
    ThreatMoves moves;
    GroupsOfAsset after;
    for (const PreparedThreat& threat : asset.threats) {
      const Threat& it = *threat.threat;
      PLIMSOLL_TRY(group, groups_.number_of(threat));
      after[group] |= !it.fixed_version.empty();
      const auto old = open.find(key_of(threat.id, threat.package, threat.version));
      if (old == open.end()) {
        PLIMSOLL_CHECK(insert_threat(no, group, threat));
        moves.appeared.push_back(it.id.value);
        continue;
      }
      if (old->second.rank != threat.rank || old->second.fixed != it.fixed_version) {
        PLIMSOLL_CHECK(t_.db.run("UPDATE threats SET level = ?, score = ?, rank = ?, fixed_version = ? WHERE no = ?",
                                 static_cast<int>(it.severity.level), it.severity.score, threat.rank, it.fixed_version,
                                 old->second.no));
      }
      open.erase(old);
    }
    for (const auto& [key, row] : open) {
      PLIMSOLL_CHECK(t_.db.run("UPDATE threats SET resolved_at = ?, last_seen = ? WHERE no = ?", at_, at_, row.no));
      moves.resolved.push_back(row.id);
    }
    groups_.moved(was_there ? before : GroupsOfAsset{}, after);
    std::sort(moves.resolved.begin(), moves.resolved.end());
    return moves;
  }

  Status insert_threat(int64_t asset, int64_t group, const PreparedThreat& threat) {
    const Threat& it = *threat.threat;
    return t_.db.run(
        "INSERT INTO threats (asset, threat_group, level, score, rank, package, version, fixed_version, first_seen) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        asset, group, static_cast<int>(it.severity.level), it.severity.score, threat.rank, threat.package,
        threat.version, it.fixed_version, it.first_seen.value_or(at_));
  }

  Status write_score(const PreparedAsset& asset, int64_t no, const Known& known) {
    const Assessment& assessment = asset.report->assessment;
    int64_t last = -1;
    PLIMSOLL_CHECK(t_.db.each(
        "SELECT at FROM scores WHERE asset = ? ORDER BY at DESC LIMIT 1",
        [&](const Row& row) { last = row.integer(0); }, no));
    const bool same = known.no != 0 && known.score == assessment.score && known.level == assessment.level;
    if (same && last >= 0 && at_.time_since_epoch().count() - last < seconds_between_scores) return Done{};
    return t_.db.run(
        "INSERT INTO scores (asset, at, score, level) VALUES (?, ?, ?, ?) ON CONFLICT (asset, at) "
        "DO UPDATE SET score = excluded.score, level = excluded.level",
        no, at_, assessment.score, static_cast<int>(assessment.level));
  }

  Status tell_changes(const PreparedAsset& asset, const Known& known, const ThreatMoves& moves) {
    const Asset& it = asset.report->asset;
    const Assessment& now = asset.report->assessment;
    if (known.no == 0) {
      wire::JsonWriter body;
      body.begin_object().member("name", it.name).member("kind", name_of(it.kind)).member("score", now.score);
      body.member("level", name_of(now.level)).key("counts").begin_object();
      body.member("critical", asset.counts.critical).member("high", asset.counts.high);
      body.member("medium", asset.counts.medium).member("low", asset.counts.low);
      body.member("unknown", asset.counts.unknown).end_object().end_object();
      return tell(event_kind::asset_appeared, it.id, std::move(body));
    }
    if (known.gone) {
      wire::JsonWriter body;
      body.begin_object().member("name", it.name).end_object();
      PLIMSOLL_CHECK(tell(event_kind::asset_returned, it.id, std::move(body)));
    }
    if (known.score != now.score || known.level != now.level) {
      wire::JsonWriter body;
      body.begin_object().member("name", it.name).member("before", known.score).member("after", now.score);
      body.member("level", name_of(now.level)).end_object();
      PLIMSOLL_CHECK(tell(event_kind::score_changed, it.id, std::move(body)));
    }
    if (moves.appeared.empty() && moves.resolved.empty()) return Done{};
    wire::JsonWriter body;
    body.begin_object().member("name", it.name).member("new", moves.appeared.size());
    body.member("resolved", moves.resolved.size());
    write_ids(body, "new_ids", moves.appeared);
    write_ids(body, "resolved_ids", moves.resolved);
    body.end_object();
    return tell(event_kind::threats_changed, it.id, std::move(body));
  }

  static void write_ids(wire::JsonWriter& out, std::string_view name, const std::vector<std::string>& ids) {
    out.key(name).begin_array();
    for (size_t i = 0; i < std::min(ids.size(), ids_in_event); ++i) out.value(ids[i]);
    out.end_array();
  }

  Status find_gone() {
    std::set<std::string> there;
    for (const PreparedAsset& asset : p_.assets) there.insert(asset.report->asset.id.value);
    for (const AssetId& id : p_.how->unchanged) there.insert(id.value);
    std::vector<AssetId> gone;
    for (const std::string& node : p_.how->whole_nodes) {
      PLIMSOLL_CHECK(t_.db.each(
          "SELECT id FROM assets WHERE node = ? AND gone_at IS NULL AND kind <> ?",
          [&](const Row& row) {
            if (std::string id = row.bytes(0); !there.contains(id)) gone.push_back({std::move(id)});
          },
          node, static_cast<int>(AssetKind::host)));
    }
    return write_gone(t_, gone, at_, p_.how->actor);
  }

  // It was looked at, and is as it was.
  Status see_unchanged() {
    for (const AssetId& id : p_.how->unchanged)
      PLIMSOLL_CHECK(t_.db.run(
          "UPDATE assets SET last_seen = ?1, scanned_at = CASE WHEN scanned_at < ?1 THEN ?1 ELSE scanned_at END "
          "WHERE id = ?2 AND last_seen < ?1",
          at_, id.value));
    return Done{};
  }

  Status write_overview() {
    const ThreatDbInfo& db = p_.report->threat_db;
    const std::string built = db.built_at ? format_rfc3339(*db.built_at) : "";
    const std::string mark = db.present ? built + " " + std::to_string(db.records) : "none";
    std::optional<std::string> before;
    PLIMSOLL_CHECK(t_.db.each("SELECT database_of FROM overview", [&](const Row& row) { before = row.bytes(0); }));
    PLIMSOLL_CHECK(
        t_.db.run("INSERT INTO overview (only_one, body, flows, database_of) VALUES (1, ?, ?, ?) ON CONFLICT "
                  "(only_one) DO UPDATE SET body = excluded.body, flows = excluded.flows, database_of = "
                  "excluded.database_of",
                  Blob{p_.overview}, Blob{p_.flows}, mark));
    if (!before || *before == mark) return Done{};
    wire::JsonWriter body;
    body.begin_object().member("built_at", built).member("records", db.records).end_object();
    return tell(event_kind::database_changed, {}, std::move(body));
  }
};

}  // namespace

Status write_report(Transaction& transaction, const PreparedReport& prepared) {
  return WorldWriter(transaction, prepared).write();
}

Status write_gone(Transaction& transaction, const std::vector<AssetId>& assets, Instant at, const std::string& actor) {
  ThreatGroups groups(transaction, false);
  for (const AssetId& id : assets) {
    int64_t no = 0;
    std::string name;
    int score = 0;
    PLIMSOLL_CHECK(transaction.db.each(
        "SELECT no, name, score FROM assets WHERE id = ? AND gone_at IS NULL",
        [&](const Row& row) {
          no = row.integer(0);
          name = row.bytes(1);
          score = row.number(2);
        },
        id.value));
    if (no == 0) continue;
    PLIMSOLL_TRY(before, groups.of_asset(no));
    groups.moved(before, {});
    PLIMSOLL_CHECK(transaction.db.run("UPDATE assets SET gone_at = ? WHERE no = ?", at, no));
    wire::JsonWriter body;
    body.begin_object().member("name", name).member("score", score).end_object();
    PLIMSOLL_CHECK(transaction.add({event_kind::asset_gone, actor, id, one_line(std::move(body).take()), {}}));
  }
  return groups.flush();
}

}  // namespace plimsoll::journal
