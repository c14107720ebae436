#include "wire/report_json.h"

#include <algorithm>
#include <array>

#include "model/names.h"
#include "wire/json_writer.h"
#include "wire/report_facts_json.h"
#include "wire/report_pieces.h"

namespace plimsoll::wire {
namespace {

void write_incomplete(JsonWriter& out, const Incomplete& gap) {
  out.begin_object().member("what", gap.what).member("reason", gap.reason).member("remedy", gap.remedy).end_object();
}

void write_severity(JsonWriter& out, const Severity& severity) {
  out.begin_object().member("level", name_of(severity.level)).key("score");
  if (severity.score)
    out.value(*severity.score);
  else
    out.null();
  out.member("vector", severity.vector).member("source", severity.source).end_object();
}

void write_package(JsonWriter& out, const Package& package) {
  out.begin_object();
  out.member("name", package.name).member("version", package.version).member("type", name_of(package.type));
  out.member("purl", package.purl).member("ecosystem", package.ecosystem).member("arch", package.arch);
  out.member("source_name", package.source_name).member("source_version", package.source_version);
  out.member("location", package.locations.empty() ? std::string() : package.locations.front());
  out.key("locations");
  write_strings(out, package.locations);
  out.member("layer", package.layer.value).member("loaded", name_of(package.loaded));
  if (!package.module.empty()) out.member("module", package.module);
  if (!package.owned_by.empty()) out.member("owned_by", package.owned_by);
  out.end_object();
}

void write_threat(JsonWriter& out, const Threat& threat) {
  out.begin_object().member("id", threat.id.value).key("aliases");
  write_strings(out, threat.aliases);
  out.member("kind", name_of(threat.kind)).member("title", threat.title).key("severity");
  write_severity(out, threat.severity);
  out.key("opinions");
  write_array(out, threat.opinions, write_severity);
  out.member("attack_vector", name_of(threat.attack_vector));
  if (threat.package) {
    out.key("package");
    write_package(out, *threat.package);
  }
  if (!threat.fixed_version.empty()) out.member("fixed_version", threat.fixed_version);
  out.member("known_exploited", threat.known_exploited);
  if (threat.epss) out.member("epss", *threat.epss);
  if (threat.epss_date) out.member("epss_date", format_rfc3339(*threat.epss_date));
  out.member("evidence", threat.evidence).member("remedy", threat.remedy).key("references");
  write_strings(out, threat.references);
  if (threat.first_seen) out.member("first_seen", format_rfc3339(*threat.first_seen));
  out.end_object();
}

void write_excepted(JsonWriter& out, const ExceptedThreat& excepted) {
  out.begin_object().member("exception", excepted.exception).member("reason", excepted.reason);
  out.member("owner", excepted.owner).key("expires_at");
  write_instant(out, excepted.expires_at);
  out.key("threat");
  write_threat(out, excepted.threat);
  out.end_object();
}

void write_addition(JsonWriter& out, const FixedAddition& addition) {
  out.begin_object().member("name", addition.name).member("points", addition.points);
  out.member("evidence", addition.evidence).end_object();
}

void write_path_step(JsonWriter& out, const PathStep& step) {
  out.begin_object().member("asset", step.asset.value).member("name", step.name);
  out.member("edge", step.edge).member("why", step.why).end_object();
}

void write_contribution(JsonWriter& out, const Contribution& part) {
  out.begin_object();
  out.member("group", part.group).member("worst", part.worst.value).member("threats", part.threats);
  out.member("rank", part.rank).member("severity_factor", part.severity_factor).member("likelihood", part.likelihood);
  out.member("likelihood_why", part.likelihood_why).member("reach", part.reach).member("reach_why", part.reach_why);
  out.member("risk", part.risk).member("factor", part.factor).member("points", part.points);
  out.end_object();
}

void write_route(JsonWriter& out, const RouteFinding& route) {
  out.begin_object();
  out.member("id", route.id).member("title", route.title).member("remedy", route.remedy);
  out.member("technique", route.technique)
      .member("certainty", name_of(route.certainty))
      .member("leads", name_of(route.leads))
      .member("assessed", route.assessed);
  out.key("evidence");
  write_array(out, route.evidence, [](JsonWriter& w, const Condition& condition) {
    w.begin_object().member("name", condition.name).member("state", name_of(condition.state));
    w.member("evidence", condition.evidence).end_object();
  });
  if (!route.threat_id.empty()) out.member("threat_id", route.threat_id);
  out.end_object();
}

void write_os(JsonWriter& out, const OsRelease& os) {
  out.begin_object().member("id", os.id).member("version", os.version_id).member("codename", os.codename);
  out.member("name", os.pretty_name).member("ecosystem", osv_ecosystem(os)).end_object();
}

void write_check(JsonWriter& out, const CheckResult& row) {
  out.begin_object().member("rule", row.rule).member("subject", row.subject).member("section", row.section);
  out.member("title", row.title).member("outcome", name_of(row.outcome)).member("severity", name_of(row.severity));
  out.member("evidence", row.evidence).member("reason", row.reason).member("remedy", row.remedy).key("controls");
  write_array(out, row.controls, [](JsonWriter& w, const ControlRef& control) {
    w.begin_object().member("benchmark", control.benchmark).member("edition", control.edition);
    w.member("id", control.id).member("level", control.level).member("scored", control.scored).end_object();
  });
  out.end_object();
}

void write_outcomes(JsonWriter& out, const OutcomeCounts& counts) {
  out.begin_object();
  for (size_t i = 0; i < counts.size(); ++i) {
    std::string name(name_of(static_cast<CheckOutcome>(i)));
    std::replace(name.begin(), name.end(), ' ', '_');
    out.member(name, counts[i]);
  }
  out.end_object();
}

void write_benchmark(JsonWriter& out, const BenchmarkRate& rate) {
  out.begin_object().member("benchmark", rate.benchmark).member("edition", rate.edition).key("controls");
  write_outcomes(out, rate.controls);
  out.member("pass_rate", rate.rate).end_object();
}

void write_counts(JsonWriter& out, const std::vector<Threat>& threats) {
  constexpr std::array levels = {SeverityLevel::critical, SeverityLevel::high, SeverityLevel::medium,
                                 SeverityLevel::low, SeverityLevel::unknown};
  out.begin_object();
  for (const SeverityLevel level : levels) {
    uint64_t count = 0;
    for (const Threat& threat : threats) count += threat.severity.level == level ? 1 : 0;
    out.member(name_of(level), count);
  }
  out.end_object();
}

void write_wan_fact(JsonWriter& out, const char* name, const WanFact& fact) {
  out.key(name).begin_object().member("holds", fact.holds).member("seen", fact.seen);
  out.member("evidence", fact.evidence).end_object();
}

void write_assessment(JsonWriter& out, const Assessment& assessment) {
  out.member("score", assessment.score).member("level", name_of(assessment.level)).member("own", assessment.own);
  out.member("own_threats", assessment.own_threats).key("additions");
  write_array(out, assessment.additions, write_addition);
  out.key("inherited").begin_object().member("level", assessment.inherited.level).key("path");
  write_array(out, assessment.inherited.path, write_path_step);
  out.end_object().key("from_outside").begin_object().member("level", assessment.from_outside.level).key("path");
  write_array(out, assessment.from_outside.path, write_path_step);
  out.end_object().key("wan").begin_object();
  write_wan_fact(out, "reaches_out", assessment.wan.reaches_out);
  write_wan_fact(out, "takes_connections", assessment.wan.takes_connections);
  write_wan_fact(out, "can_take_connections", assessment.wan.can_take_connections);
  out.end_object().key("contributions");
  write_array(out, assessment.contributions, write_contribution);
  out.key("routes");
  write_array(out, assessment.routes, write_route);
  if (!assessment.if_fixed) return;
  out.key("if_fixed").begin_object().member("score", assessment.if_fixed->score);
  out.member("level", name_of(assessment.if_fixed->level)).end_object();
}

void write_labels(JsonWriter& out, const Asset& asset) {
  out.begin_object();
  for (const auto& [name, value] : asset.labels) out.member(name, value);
  out.end_object();
}

void write_asset(JsonWriter& out, const AssetReport& report, bool with_packages) {
  const Asset& asset = report.asset;
  out.begin_object();
  out.member("id", asset.id.value).member("kind", name_of(asset.kind)).member("name", asset.name);
  out.member("node", asset.node);
  if (!asset.image.empty()) out.member("image", asset.image);
  if (report.os) {
    out.key("os");
    write_os(out, *report.os);
  }
  if (!asset.platform.empty()) out.member("platform", asset.platform);
  out.member("status", asset.status).key("labels");
  write_labels(out, asset);
  out.key("scanned_at");
  write_instant(out, report.scanned_at);
  write_assessment(out, report.assessment);
  out.key("counts");
  write_counts(out, report.threats);
  out.key("threats");
  write_array(out, report.threats, write_threat);
  if (!report.excepted.empty()) {
    out.key("excepted");
    write_array(out, report.excepted, write_excepted);
  }
  if (!report.checks.empty()) {
    out.key("check_counts");
    write_outcomes(out, count_outcomes(report.checks));
    out.key("checks");
    write_array(out, report.checks, write_check);
  }
  out.member("packages_total", report.packages.size());
  if (with_packages) {
    out.key("packages");
    write_array(out, report.packages, write_package);
  }
  if (report.host) {
    out.key("hardware");
    write_hardware(out, report.host->hardware);
    out.key("host");
    write_host(out, *report.host);
  }
  if (report.container) {
    out.key("container");
    write_container(out, *report.container);
  }
  out.key("not_assessed");
  write_array(out, report.assessment.not_assessed, write_incomplete);
  out.end_object();
}

void write_flow_end(JsonWriter& out, const FlowEnd& end) {
  out.begin_object().member("asset", end.asset.value).member("address", end.address).member("port", end.port);
  out.member("wan", end.wan).end_object();
}

void write_flow(JsonWriter& out, const Flow& flow) {
  out.begin_object().key("from");
  write_flow_end(out, flow.from);
  out.key("to");
  write_flow_end(out, flow.to);
  out.member("transport", name_of(flow.transport)).member("application", flow.application).member("seen", flow.seen);
  out.member("application_seen", flow.application_seen).member("application_version", flow.application_version);
  out.member("software", flow.software).member("software_version", flow.software_version);
  out.member("server_name", flow.server_name).member("looked_up_as", flow.looked_up_as);
  out.member("from_process", flow.from_process).member("to_process", flow.to_process);
  out.member("opener_seen", flow.opener_seen).member("connections", flow.connections);
  out.member("refused", flow.refused).member("unanswered", flow.unanswered).member("reset", flow.reset);
  out.member("bytes", flow.bytes);
  out.member("bytes_to_server", flow.bytes_to_server).member("bytes_to_client", flow.bytes_to_client);
  out.member("packets_to_server", flow.packets_to_server).member("packets_to_client", flow.packets_to_client);
  out.key("first_seen");
  write_instant(out, flow.first_seen);
  out.key("last_seen");
  write_instant(out, flow.last_seen);
  out.end_object();
}

void write_network_event(JsonWriter& out, const NetworkEvent& event) {
  out.begin_object().member("detector", event.detector).member("severity", name_of(event.severity));
  out.member("technique", event.technique).member("outcome", name_of(event.outcome)).member("title", event.title);
  out.member("evidence", event.evidence).key("cves");
  write_strings(out, event.cves);
  out.key("source");
  write_flow_end(out, event.source);
  out.key("target");
  write_flow_end(out, event.target);
  out.member("on_source", event.on_source).member("from_outside_only", event.from_outside_only);
  out.member("count", event.count).key("first_seen");
  write_instant(out, event.first_seen);
  out.key("last_seen");
  write_instant(out, event.last_seen);
  out.end_object();
}

void write_behaviour(JsonWriter& out, const AssetBehaviour& behaviour) {
  out.begin_object().member("asset", behaviour.asset.value).member("group", behaviour.group);
  out.member("learned", behaviour.learned).member("weight", behaviour.weight).key("anomalies");
  write_strings(out, behaviour.anomalies);
  out.end_object();
}

void write_network_view(JsonWriter& out, const NetworkView& view) {
  out.begin_object().member("observed_ms", view.observed_ms).key("sources");
  write_array(out, view.sources, [](JsonWriter& w, const NetworkSource& source) {
    w.begin_object().member("name", source.name).member("in_use", source.in_use);
    w.member("why_not", source.why_not).end_object();
  });
  out.key("events");
  write_array(out, view.events, write_network_event);
  out.key("behaviour");
  write_array(out, view.behaviour, write_behaviour);
  out.end_object();
}

void write_fall(JsonWriter& out, const FixAction::Fall& fall) {
  out.begin_object().member("asset", fall.asset.value).member("name", fall.name);
  out.member("before", fall.before).member("after", fall.after).end_object();
}

void write_fix(JsonWriter& out, const FixAction& fix) {
  out.begin_object().member("id", fix.id).member("kind", fix.kind).member("title", fix.title);
  out.member("remedy", fix.remedy).member("total_fall", fix.total_fall).key("falls");
  write_array(out, fix.falls, write_fall);
  out.key("removes");
  write_array(out, fix.removes, [](JsonWriter& w, const ThreatId& id) { w.value(id.value); });
  out.end_object();
}

void write_together(JsonWriter& out, const FixesTogether& together) {
  out.begin_object().member("fixes", together.fixes).member("worst_before", together.worst_before);
  out.member("worst_after", together.worst_after).member("total_fall", together.total_fall).key("falls");
  write_array(out, together.falls, write_fall);
  out.end_object();
}

void write_threat_db(JsonWriter& out, const ThreatDbInfo& db) {
  const auto write_optional = [](JsonWriter& w, const std::optional<Instant>& at) {
    if (at)
      w.value(format_rfc3339(*at));
    else
      w.null();
  };
  out.begin_object().member("present", db.present).member("starter_pack", db.starter_pack);
  out.member("path", db.path).key("built_at");
  write_optional(out, db.built_at);
  out.member("records", db.records).key("sources");
  write_array(out, db.sources, [&](JsonWriter& w, const DbSource& source) {
    w.begin_object().member("name", source.name).member("records", source.records).key("date");
    write_optional(w, source.date);
    w.end_object();
  });
  out.end_object();
}

void write_sandbox(JsonWriter& out, const SandboxReport& sandbox) {
  out.begin_object().member("workers", sandbox.workers).member("off", sandbox.off).key("layers");
  write_array(out, sandbox.layers, [](JsonWriter& w, const SandboxLayer& layer) {
    w.begin_object().member("name", layer.name).member("in_force", layer.in_force);
    w.member("detail", layer.detail).end_object();
  });
  out.end_object();
}

}  // namespace

std::string report_to_json(const Report& report, bool with_packages) {
  JsonWriter out;
  out.begin_object();
  out.member("schema", "plimsoll.report/1").member("generated_at", format_rfc3339(report.generated_at));
  out.key("tool").begin_object().member("name", "plimsoll").member("version", report.tool_version).end_object();
  out.key("threat_db");
  write_threat_db(out, report.threat_db);
  out.key("assets");
  write_array(out, report.assets,
              [&](JsonWriter& w, const AssetReport& asset) { write_asset(w, asset, with_packages); });
  out.key("flows");
  write_array(out, report.flows, write_flow);
  out.key("network");
  write_network_view(out, report.network);
  out.key("fixes");
  write_array(out, report.fixes, write_fix);
  if (!report.together.empty()) {
    out.key("together");
    write_array(out, report.together, write_together);
  }
  if (!report.benchmarks.empty()) {
    out.key("benchmarks");
    write_array(out, report.benchmarks, write_benchmark);
  }
  out.key("incomplete");
  write_array(out, report.incomplete, write_incomplete);
  out.key("sandbox");
  write_sandbox(out, report.sandbox);
  out.end_object();
  return std::move(out).take() + "\n";
}

std::string asset_to_json(const AssetReport& asset, bool with_packages) {
  JsonWriter out;
  write_asset(out, asset, with_packages);
  return std::move(out).take() + "\n";
}

}  // namespace plimsoll::wire
