#include "server/json_rows.h"

#include "base/text.h"
#include "model/names.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

void write_optional(wire::JsonWriter& out, std::string_view name, const std::optional<Instant>& at) {
  out.key(name);
  wire::write_instant(out, at.value_or(Instant{}));
}

void write_optional(wire::JsonWriter& out, std::string_view name, const std::optional<double>& number) {
  out.key(name);
  if (number)
    out.value(*number);
  else
    out.null();
}

void write_end(wire::JsonWriter& out, std::string_view name, const FlowEnd& end) {
  out.key(name).begin_object().member("asset", end.asset.value).member("address", end.address);
  out.member("port", end.port).member("wan", end.wan).end_object();
}

}  // namespace

void write_counts(wire::JsonWriter& out, const journal::SeverityCounts& counts) {
  out.begin_object().member("critical", counts.critical).member("high", counts.high).member("medium", counts.medium);
  out.member("low", counts.low).member("unknown", counts.unknown).end_object();
}

void write_open(wire::JsonWriter& out, const OpenResponses& open, const AssetId& asset) {
  out.key("responses").begin_array();
  if (const auto found = open.find(asset); found != open.end()) {
    for (const ResponseRecord& record : found->second) {
      std::vector<std::string> steps;
      for (const ResponseStep& step : record.steps) steps.push_back(step.what);
      out.begin_object().member("id", record.id).member("phase", name_of(record.phase));
      out.member("what", join(steps, ", ")).end_object();
    }
  }
  out.end_array();
}

void write_row(wire::JsonWriter& out, const journal::AssetRow& row, const OpenResponses& open) {
  const Asset& asset = row.asset;
  out.begin_object().member("id", asset.id.value).member("kind", name_of(asset.kind)).member("name", asset.name);
  out.member("node", asset.node).member("image", asset.image).member("os", row.os).member("platform", asset.platform);
  out.member("status", asset.status).member("score", row.score).member("level", name_of(row.level)).key("counts");
  write_counts(out, row.counts);
  out.member("not_assessed", row.not_assessed).key("labels").begin_object();
  for (const auto& [name, value] : asset.labels) out.member(name, value);
  out.end_object().key("details").document(row.details.empty() ? "{}" : row.details);
  write_optional(out, "first_seen", row.first_seen);
  write_optional(out, "last_seen", row.last_seen);
  write_optional(out, "scanned_at", row.scanned_at);
  write_optional(out, "gone_at", row.gone_at);
  write_open(out, open, asset.id);
  out.end_object();
}

void write_row(wire::JsonWriter& out, const journal::ThreatGroup& group) {
  out.begin_object().member("id", group.id.value).member("kind", name_of(group.kind)).member("title", group.title);
  out.member("level", name_of(group.level));
  write_optional(out, "score", group.score);
  out.member("known_exploited", group.known_exploited);
  write_optional(out, "epss", group.epss);
  out.member("assets", group.assets).member("fixable", group.fixable).key("packages");
  wire::write_strings(out, group.packages);
  out.member("fixed_version", group.fixed_version).member("worst_score", group.worst_score);
  out.member("worst_asset", group.worst_asset).member("worst_not_assessed", group.worst_not_assessed);
  write_optional(out, "first_seen", std::optional(group.first_seen));
  out.end_object();
}

void write_row(wire::JsonWriter& out, const journal::ThreatRow& row) {
  out.begin_object().member("id", row.id.value).member("kind", name_of(row.kind)).member("asset", row.asset.value);
  out.member("asset_name", row.asset_name).member("asset_score", row.asset_score);
  out.member("asset_not_assessed", row.asset_not_assessed).member("level", name_of(row.level));
  write_optional(out, "score", row.score);
  out.member("title", row.title).member("known_exploited", row.known_exploited);
  write_optional(out, "epss", row.epss);
  out.member("package", row.package).member("version", row.version).member("fixed_version", row.fixed_version);
  write_optional(out, "first_seen", std::optional(row.first_seen));
  write_optional(out, "last_seen", std::optional(row.last_seen));
  write_optional(out, "resolved_at", row.resolved_at);
  out.end_object();
}

void write_row(wire::JsonWriter& out, const journal::PackageHolder& holder) {
  out.begin_object().member("asset", holder.asset.value).member("name", holder.name);
  out.member("kind", name_of(holder.kind)).member("node", holder.node).member("score", holder.score);
  out.member("level", name_of(holder.level)).member("not_assessed", holder.not_assessed);
  out.member("version", holder.version).end_object();
}

void write_row(wire::JsonWriter& out, const journal::PackageGroup& group) {
  out.begin_object().member("type", name_of(group.type)).member("name", group.name);
  out.member("versions", group.versions)
      .member("assets", group.assets)
      .member("more", group.more)
      .key("worst")
      .begin_array();
  for (const journal::PackageHolder& holder : group.worst) write_row(out, holder);
  out.end_array().end_object();
}

void write_row(wire::JsonWriter& out, const FixAction::Fall& fall) {
  out.begin_object().member("asset", fall.asset.value).member("name", fall.name);
  out.member("before", fall.before).member("after", fall.after).end_object();
}

void write_row(wire::JsonWriter& out, const FixAction& fix) {
  out.begin_object().member("id", fix.id).member("kind", fix.kind).member("title", fix.title);
  out.member("remedy", fix.remedy).member("total_fall", fix.total_fall).key("falls").begin_array();
  for (const FixAction::Fall& fall : fix.falls) write_row(out, fall);
  out.end_array().key("removes").begin_array();
  for (const ThreatId& id : fix.removes) out.value(id.value);
  out.end_array().end_object();
}

void write_counts(wire::JsonWriter& out, const OutcomeCounts& counts) {
  const auto of = [&](CheckOutcome outcome) { return counts[static_cast<size_t>(outcome)]; };
  out.begin_object().member("pass", of(CheckOutcome::pass)).member("fail", of(CheckOutcome::fail));
  out.member("not_applicable", of(CheckOutcome::not_applicable)).member("manual", of(CheckOutcome::manual));
  out.member("unknown", of(CheckOutcome::unknown)).end_object();
}

void write_row(wire::JsonWriter& out, const journal::ScorePoint& point) {
  out.begin_object().member("at", format_rfc3339(point.at)).member("score", point.score);
  out.member("level", name_of(point.level)).end_object();
}

void write_row(wire::JsonWriter& out, const Flow& flow) {
  out.begin_object();
  write_end(out, "from", flow.from);
  write_end(out, "to", flow.to);
  out.member("transport", name_of(flow.transport)).member("application", flow.application).member("seen", flow.seen);
  out.member("connections", flow.connections).member("bytes", flow.bytes);
  write_optional(out, "first_seen", std::optional(flow.first_seen));
  write_optional(out, "last_seen", std::optional(flow.last_seen));
  out.end_object();
}

std::string event_json(const journal::Event& event) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("sequence", event.sequence).member("at", format_rfc3339(event.at));
  out.member("kind", event.kind).member("actor", event.actor).member("subject", event.subject.value);
  // The body is JSON that the journal checked when it was written.
  out.member("hash", event.hash).key("body").document(event.body.empty() ? "{}" : event.body).end_object();
  return std::move(out).take();
}

}  // namespace plimsoll::server
