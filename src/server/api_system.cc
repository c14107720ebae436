#include <chrono>

#include "base/embedded.h"
#include "server/api.h"
#include "server/event_stream.h"
#include "server/handlers.h"
#include "server/metrics.h"
#include "server/stored_asset.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

void write_health(wire::JsonWriter& out, const journal::Health& health) {
  out.begin_object().member("writable", health.writable).member("fault", health.fault).key("fault_at");
  wire::write_instant(out, health.fault_at.value_or(Instant{}));
  out.member("begun_anew", health.begun_anew).member("schema", health.schema).member("bytes", health.bytes);
  out.member("waiting", health.waiting).member("newest_event", health.newest_event).key("oldest_event");
  wire::write_instant(out, health.oldest_event.value_or(Instant{}));
  out.end_object();
}

Response plain(int status, std::string text) {
  Response out;
  out.status = status;
  out.type = "text/plain; charset=utf-8";
  out.body = std::move(text);
  return out;
}

}  // namespace

Response get_status(Api& api, const Call& call) {
  const World::Progress progress = api.ground().world.progress();
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("version", PLIMSOLL_VERSION).member("now", format_rfc3339(call.now)).key("scan");
  out.begin_object().member("step", progress.scan.step).member("fault", progress.scan.fault);
  out.member("running", progress.scan.running).member("done", progress.scan.done).member("total", progress.scan.total);
  out.key("last");
  wire::write_instant(out, progress.last_scan);
  out.member("scans", progress.scans).member("rematches", progress.rematches);
  out.member("seconds", progress.last_seconds).end_object().key("database");
  out.document(progress_json("database", progress.database)).key("policy").begin_object();
  out.member("fault", progress.policy_fault).member("changes", progress.policies).end_object().key("journal");
  write_health(out, api.journal().health());
  out.key("confinement").begin_array();
  for (const SandboxLayer& layer : api.ground().confinement) {
    out.begin_object().member("name", layer.name).member("in_force", layer.in_force);
    out.member("detail", layer.detail).end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

// The state of the database that the last report was made with.
Response get_database(Api& api, const Call& call) {
  const auto overview = api.overview();
  if (!overview.ok() && overview.error().kind != ErrorKind::unreachable) return problem(overview.error());
  const ThreatDbInfo info = overview.ok() ? (*overview)->threat_db : ThreatDbInfo{};
  const std::chrono::days oldest{api.in_force()->policy.scoring.db_age_warning_days};
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("present", info.present).member("starter_pack", info.starter_pack).key("built_at");
  wire::write_instant(out, info.built_at.value_or(Instant{}));
  out.member("records", info.records).member("old", info.built_at && call.now - *info.built_at > oldest);
  out.key("sources").begin_array();
  for (const DbSource& source : info.sources) {
    out.begin_object().member("name", source.name).member("records", source.records).key("date");
    wire::write_instant(out, source.date.value_or(Instant{}));
    out.key("age_days");
    if (source.date)
      out.value(std::chrono::floor<std::chrono::days>(call.now - *source.date).count());
    else
      out.null();
    out.end_object();
  }
  out.end_array().key("update").document(progress_json("database", api.ground().world.progress().database));
  out.end_object();
  return json_response(std::move(out).take() + "\n");
}

Response update_database(Api& api, const Call&) {
  if (api.ground().world.progress().database.running) return problem(409, "an update is under way");
  if (!api.ground().ask_for_update()) return problem(503, "the probe does not answer");
  return json_response("{}\n", 202);
}

Response scan_now(Api& api, const Call&) {
  if (!api.ground().ask_for_scan()) return problem(503, "the probe does not answer");
  return json_response("{}\n", 202);
}

Response scan_asset(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(asset, api.journal().asset({call.parameter("id")}));
  if (asset.row.gone_at) return problem(409, "the asset is gone");
  if (!api.ground().ask_for_scan_of(asset.row.asset.id)) return problem(503, "the probe does not answer");
  return json_response("{}\n", 202);
}

Response verify_log(Api& api, const Call&) {
  PLIMSOLL_OR_PROBLEM(found, api.journal().verify());
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("whole", found.whole()).member("first", found.first).member("last", found.last);
  out.member("checkpoints", found.checkpoints).key("head").begin_object().member("sequence", found.head.sequence);
  out.member("hash", found.head.hash).end_object().key("faults").begin_array();
  for (const journal::Verification::Fault& fault : found.faults)
    out.begin_object().member("at", fault.at).member("what", fault.what).end_object();
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

Response get_openapi(Api&, const Call&) {
  const auto text = embedded_file("docs/openapi.yaml");
  if (!text) return problem(500, "the description is not built in");
  Response out;
  out.type = "application/yaml";
  out.body = std::string(*text);
  return out;
}

Response get_health(Api&, const Call&) { return plain(200, "ok\n"); }

// Ready: there is something to show, and what is done can be kept.
Response get_readiness(Api& api, const Call&) {
  if (!api.journal().health().writable) return plain(503, "the journal takes no writes\n");
  if (!api.ground().world.ready()) return plain(503, "the first scan is not done yet\n");
  return plain(200, "ready\n");
}

Response get_metrics(Api& api, const Call&) {
  PLIMSOLL_OR_PROBLEM(text, metrics_text(api));
  Response out = plain(200, std::move(text));
  out.type = "text/plain; version=0.0.4; charset=utf-8";
  return out;
}

}  // namespace plimsoll::server
