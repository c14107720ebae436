#include "journal/flow_store.h"

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

// The rows of a query whose first four values are since, until, asset and seen_only.
std::string asked_for(const FlowQuery& query, const std::string& bucket) {
  return bucket + " > ?1 - 3600 AND " + bucket + " < ?2 AND bucket + seconds > ?1 AND " +
         (query.asset.empty() ? "?3 = ''" : "(from_asset = ?3 OR to_asset = ?3)") + " AND (?4 = 0 OR seen <> 0)";
}

FlowRow row_of(const Row& row) {
  FlowRow out;
  out.from_asset = row.text(0);
  if (out.from_asset.empty()) out.from_address = row.text(1);
  out.to_asset = row.text(2);
  if (out.to_asset.empty()) out.to_address = row.text(3);
  out.from_wan = row.integer(4) != 0;
  out.to_wan = row.integer(5) != 0;
  out.to_port = static_cast<uint16_t>(row.integer(6));
  out.transport = static_cast<Transport>(row.number(7));
  out.application = row.text(8);
  out.seen = row.integer(9) != 0;
  out.connections = static_cast<uint64_t>(row.integer(10));
  out.bytes = static_cast<uint64_t>(row.integer(11));
  out.first_seen = row.instant(12);
  out.last_seen = row.instant(13);
  return out;
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
  const std::string sql = "SELECT " FLOW_KEY
                          ", max(from_wan), max(to_wan), CAST(sum(connections) AS BIGINT), CAST(sum(bytes) AS BIGINT), "
                          "min(first_seen), max(last_seen) FROM flows WHERE " +
                          asked_for(query, walk ? "+bucket" : "bucket") + " GROUP BY " FLOW_KEY " LIMIT ?5";
  FlowAnswer answer;
  PLIMSOLL_CHECK(db.each(
      sql, [&](const Row& row) { answer.flows.push_back(flow_of(row)); }, query.since, query.until, query.asset.value,
      query.seen_only, query.limit + 1));
  answer.cut = answer.flows.size() > query.limit;
  if (answer.cut) answer.flows.resize(query.limit);
  return answer;
}

Status read_flow_rows(Database& db, const FlowQuery& query, const std::function<void(const FlowRow&)>& look) {
  // A server that is asked from afar adds up first; SQLite would sort all rows for that, through a file.
  static const std::string plain =
      "SELECT from_asset, from_address, to_asset, to_address, from_wan, to_wan, to_port, transport, application, seen, "
      "connections, bytes, first_seen, last_seen FROM flows WHERE ";
  static const std::string added_up =
      "SELECT from_asset, from_address, to_asset, to_address, max(from_wan), max(to_wan), to_port, transport, "
      "application, seen, CAST(sum(connections) AS BIGINT), CAST(sum(bytes) AS BIGINT), min(first_seen), "
      "max(last_seen) FROM flows WHERE ";
  static const std::string by =
      " GROUP BY from_asset, from_address, to_asset, to_address, to_port, transport, application, seen";
  const bool far = db.engine() == Engine::postgres;
  const std::string sql = (far ? added_up : plain) + asked_for(query, "bucket") + (far ? by : "");
  return db.each(
      sql, [&](const Row& row) { look(row_of(row)); }, query.since, query.until, query.asset.value, query.seen_only);
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
