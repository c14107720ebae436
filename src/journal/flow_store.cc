#include "journal/flow_store.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_set>

namespace plimsoll::journal {
namespace {

constexpr int64_t bucket_seconds = 600, coarse_seconds = 3600;

int64_t seconds_of(Instant at) { return at.time_since_epoch().count(); }

// The columns that tell flows apart, in the order of the table.
#define FLOW_KEY "from_asset, from_address, from_port, to_asset, to_address, to_port, transport, application, seen"

Flow flow_of(const Row& row) {
  Flow flow;
  flow.from = {{row.bytes(0)}, row.bytes(1), static_cast<uint16_t>(row.integer(2)), row.integer(9) != 0};
  flow.to = {{row.bytes(3)}, row.bytes(4), static_cast<uint16_t>(row.integer(5)), row.integer(10) != 0};
  flow.transport = static_cast<Transport>(row.number(6));
  flow.application = row.bytes(7);
  flow.seen = row.integer(8) != 0;
  flow.connections = static_cast<uint64_t>(row.integer(11));
  flow.bytes = static_cast<uint64_t>(row.integer(12));
  flow.first_seen = row.instant(13);
  flow.last_seen = row.instant(14);
  return flow;
}

auto key_of(const Flow& flow) {
  return std::tie(flow.from.asset.value, flow.from.address, flow.from.port, flow.to.asset.value, flow.to.address,
                  flow.to.port, flow.transport, flow.application, flow.seen);
}

// Flows by what tells them apart: a set of their places among `flows`.
struct PlaceHash {
  const std::vector<Flow>& flows;
  size_t operator()(size_t place) const {
    const Flow& flow = flows[place];
    const auto text = [](const std::string& value) { return std::hash<std::string_view>()(value); };
    size_t out = text(flow.from.asset.value) * 31 + text(flow.to.asset.value);
    out = out * 31 + text(flow.from.address) * 7 + text(flow.to.address);
    return out * 31 + (size_t{flow.from.port} << 16) + flow.to.port + text(flow.application) * 3;
  }
};
struct SamePlace {
  const std::vector<Flow>& flows;
  bool operator()(size_t a, size_t b) const { return key_of(flows[a]) == key_of(flows[b]); }
};

void add_to_sum(Flow& to, const Flow& more) {
  to.from.wan = to.from.wan || more.from.wan;
  to.to.wan = to.to.wan || more.to.wan;
  to.connections += more.connections;
  to.bytes += more.bytes;
  to.first_seen = std::min(to.first_seen, more.first_seen);
  to.last_seen = std::max(to.last_seen, more.last_seen);
}

void cut_to(size_t limit, FlowAnswer& answer) {
  answer.cut = answer.flows.size() > limit;
  if (answer.cut) answer.flows.resize(limit);
}

// Adds the buckets of each flow up here: SQLite would sort all rows, through a file. Nothing when there are more rows
// than memory should be spent on.
Result<std::optional<FlowAnswer>> add_up(Database& db, const FlowQuery& query, const std::string& where) {
  constexpr size_t most_rows = 200'000;
  FlowAnswer answer;
  std::vector<Flow>& flows = answer.flows;
  std::unordered_set<size_t, PlaceHash, SamePlace> places(1024, PlaceHash{flows}, SamePlace{flows});
  size_t rows = 0;
  PLIMSOLL_CHECK(db.each(
      "SELECT " FLOW_KEY ", from_wan, to_wan, connections, bytes, first_seen, last_seen FROM flows WHERE " + where +
          " LIMIT ?5",
      [&](const Row& row) {
        ++rows;
        flows.push_back(flow_of(row));
        const auto [place, fresh] = places.insert(flows.size() - 1);
        if (fresh) return;
        add_to_sum(flows[*place], flows.back());
        flows.pop_back();
      },
      query.since, query.until, query.asset.value, query.seen_only, most_rows + 1));
  if (rows > most_rows) return std::optional<FlowAnswer>();
  std::sort(flows.begin(), flows.end(), [](const Flow& a, const Flow& b) { return key_of(a) < key_of(b); });
  cut_to(query.limit, answer);
  return std::optional(std::move(answer));
}

}  // namespace

Status put_flows(Database& db, const std::vector<Flow>& flows, Counting counting, Instant at) {
  static const std::string begin =
      "INSERT INTO flows (bucket, seconds, " FLOW_KEY
      ", from_wan, to_wan, connections, bytes, first_seen, last_seen) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (bucket, " FLOW_KEY ") DO UPDATE SET ";
  static const std::string end =
      ", from_wan = excluded.from_wan, to_wan = excluded.to_wan, first_seen = CASE WHEN "
      "excluded.first_seen < flows.first_seen THEN excluded.first_seen ELSE flows.first_seen END, last_seen = CASE "
      "WHEN "
      "excluded.last_seen > flows.last_seen THEN excluded.last_seen ELSE flows.last_seen END";
  static const std::string add =
      "connections = flows.connections + excluded.connections, bytes = flows.bytes + excluded.bytes";
  static const std::string largest =
      "connections = CASE WHEN excluded.connections > flows.connections THEN excluded.connections ELSE "
      "flows.connections END, "
      "bytes = CASE WHEN excluded.bytes > flows.bytes THEN excluded.bytes ELSE flows.bytes END";
  const std::string sql = begin + (counting == Counting::since_last ? add : largest) + end;
  for (const Flow& flow : flows) {
    const int64_t moment = seconds_of(at == Instant{} ? flow.last_seen : at);
    PLIMSOLL_CHECK(db.run(sql, moment - moment % bucket_seconds, bucket_seconds, flow.from.asset.value,
                          flow.from.address, flow.from.port, flow.to.asset.value, flow.to.address, flow.to.port,
                          static_cast<int>(flow.transport), flow.application, flow.seen, flow.from.wan, flow.to.wan,
                          flow.connections, flow.bytes, flow.first_seen, flow.last_seen));
  }
  return Done{};
}

Result<FlowAnswer> read_flows(Database& db, const FlowQuery& query) {
  // Of a page in a long time the rows are walked in the order of what tells flows apart, and left when it is full;
  // unary plus keeps SQLite from the table's own key. Else the time leads: a bucket is at most an hour long.
  constexpr size_t page = 1000;
  const bool walk = query.asset.empty() && query.limit <= page && query.until - query.since > std::chrono::hours(2);
  std::string where = walk ? "+bucket > ?1 - 3600 AND +bucket < ?2" : "bucket > ?1 - 3600 AND bucket < ?2";
  where += " AND bucket + seconds > ?1";
  where += query.asset.empty() ? " AND ?3 = ''" : " AND (from_asset = ?3 OR to_asset = ?3)";
  where += " AND (?4 = 0 OR seen <> 0)";
  if (!walk && db.engine() == Engine::sqlite) {
    PLIMSOLL_TRY(added_up, add_up(db, query, where));
    if (added_up) return std::move(*added_up);
  }
  const std::string sql = "SELECT " FLOW_KEY
                          ", max(from_wan), max(to_wan), CAST(sum(connections) AS BIGINT), CAST(sum(bytes) AS BIGINT), "
                          "min(first_seen), max(last_seen) FROM flows WHERE " +
                          where + " GROUP BY " FLOW_KEY " LIMIT ?5";
  FlowAnswer answer;
  PLIMSOLL_CHECK(db.each(
      sql, [&](const Row& row) { answer.flows.push_back(flow_of(row)); }, query.since, query.until, query.asset.value,
      query.seen_only, query.limit + 1));
  cut_to(query.limit, answer);
  return answer;
}

Result<uint64_t> roll_up_flows(Database& db, Instant before) {
  const int64_t edge = seconds_of(before) - seconds_of(before) % coarse_seconds;
  PLIMSOLL_CHECK(
      db.script("CREATE TEMP TABLE IF NOT EXISTS coarse_flows AS SELECT * FROM flows WHERE 1 = 0; "
                "DELETE FROM coarse_flows"));
  PLIMSOLL_CHECK(db.run("INSERT INTO coarse_flows (bucket, seconds, " FLOW_KEY
                        ", from_wan, to_wan, connections, bytes, first_seen, last_seen) "
                        "SELECT bucket - bucket % 3600, 3600, " FLOW_KEY
                        ", max(from_wan), max(to_wan), CAST(sum(connections) AS BIGINT), CAST(sum(bytes) AS BIGINT), "
                        "min(first_seen), max(last_seen) "
                        "FROM flows WHERE bucket < ?1 AND bucket - bucket % 3600 IN "
                        "(SELECT bucket - bucket % 3600 FROM flows WHERE bucket < ?1 AND seconds < 3600) "
                        "GROUP BY bucket - bucket % 3600, " FLOW_KEY,
                        edge));
  PLIMSOLL_TRY(rolled, db.changes());
  PLIMSOLL_CHECK(
      db.run("DELETE FROM flows WHERE bucket < ?1 AND bucket - bucket % 3600 IN "
             "(SELECT bucket FROM coarse_flows)",
             edge));
  PLIMSOLL_TRY(taken, db.changes());
  PLIMSOLL_CHECK(db.script("INSERT INTO flows SELECT * FROM coarse_flows; DELETE FROM coarse_flows"));
  return taken - rolled;
}

}  // namespace plimsoll::journal
