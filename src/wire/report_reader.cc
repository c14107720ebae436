#include "wire/report_reader.h"

#include <simdjson.h>

#include <array>
#include <utility>

#include "base/text.h"
#include "model/names.h"

namespace plimsoll::wire {
namespace {

using Element = simdjson::dom::element;

// Reads members by name into values of their type; notes when one is there and has another type.
class Reader {
 public:
  bool broken() const { return broken_; }

  void take(Element object, std::string_view name, std::string& into) {
    std::string_view text;
    if (read(object, name, text)) into = text;
  }
  void take(Element object, std::string_view name, bool& into) { read(object, name, into); }
  void take(Element object, std::string_view name, double& into) { read(object, name, into); }
  void take(Element object, std::string_view name, int& into) {
    int64_t number = 0;
    if (read(object, name, number)) into = static_cast<int>(number);
  }
  void take(Element object, std::string_view name, uint64_t& into) { read(object, name, into); }
  void take(Element object, std::string_view name, std::optional<double>& into) {
    double number = 0;
    if (read(object, name, number)) into = number;
  }
  void take(Element object, std::string_view name, Instant& into) {
    std::string_view text;
    if (read(object, name, text)) into = parse_rfc3339(text).value_or(Instant{});
  }
  void take(Element object, std::string_view name, std::optional<Instant>& into) {
    std::string_view text;
    if (read(object, name, text)) into = parse_rfc3339(text);
  }
  template <class T>
  void take_word(Element object, std::string_view name, std::optional<T> (*parse)(std::string_view), T& into) {
    std::string_view text;
    if (!read(object, name, text)) return;
    const std::optional<T> value = parse(text);
    broken_ = broken_ || !value;
    into = value.value_or(into);
  }
  void take(Element object, std::string_view name, std::vector<std::string>& into) {
    each(object, name, [&](Element item) {
      std::string_view text;
      if (item.get(text) == simdjson::SUCCESS)
        into.emplace_back(text);
      else
        broken_ = true;
    });
  }
  template <class T, class Read>
  void take_list(Element object, std::string_view name, std::vector<T>& into, Read&& read_one) {
    each(object, name, [&](Element item) { read_one(*this, item, into.emplace_back()); });
  }
  // Calls with the member that is an object, if there is one.
  template <class Use>
  void with(Element object, std::string_view name, Use&& use) {
    Element member;
    if (object[name].get(member) != simdjson::SUCCESS || member.is_null()) return;
    if (member.is_object())
      use(member);
    else
      broken_ = true;
  }

 private:
  bool broken_ = false;

  template <class T>
  bool read(Element object, std::string_view name, T& into) {
    Element member;
    if (object[name].get(member) != simdjson::SUCCESS || member.is_null()) return false;
    const bool fits = member.get(into) == simdjson::SUCCESS;
    broken_ = broken_ || !fits;
    return fits;
  }
  template <class Use>
  void each(Element object, std::string_view name, Use&& use) {
    Element member;
    if (object[name].get(member) != simdjson::SUCCESS) return;
    simdjson::dom::array items;
    if (member.get(items) != simdjson::SUCCESS) {
      broken_ = true;
      return;
    }
    for (const Element item : items) use(item);
  }
};

void read_incomplete(Reader& in, Element from, Incomplete& into) {
  in.take(from, "what", into.what);
  in.take(from, "reason", into.reason);
  in.take(from, "remedy", into.remedy);
}

void read_severity(Reader& in, Element from, Severity& into) {
  in.take_word(from, "level", parse_severity_level, into.level);
  in.take(from, "score", into.score);
  in.take(from, "vector", into.vector);
  in.take(from, "source", into.source);
}

void read_package(Reader& in, Element from, Package& into) {
  in.take(from, "name", into.name);
  in.take(from, "version", into.version);
  in.take_word(from, "type", parse_package_type, into.type);
  in.take(from, "purl", into.purl);
  in.take(from, "ecosystem", into.ecosystem);
  in.take(from, "arch", into.arch);
  in.take(from, "source_name", into.source_name);
  in.take(from, "source_version", into.source_version);
  in.take(from, "locations", into.locations);
  in.take(from, "layer", into.layer.value);
  in.take_word(from, "loaded", parse_loaded, into.loaded);
  in.take(from, "module", into.module);
  in.take(from, "owned_by", into.owned_by);
}

void read_threat(Reader& in, Element from, Threat& into) {
  in.take(from, "id", into.id.value);
  in.take(from, "aliases", into.aliases);
  in.take_word(from, "kind", parse_threat_kind, into.kind);
  in.take(from, "title", into.title);
  in.with(from, "severity", [&](Element severity) { read_severity(in, severity, into.severity); });
  in.take_list(from, "opinions", into.opinions, read_severity);
  in.take_word(from, "attack_vector", parse_attack_vector, into.attack_vector);
  in.with(from, "package", [&](Element package) { read_package(in, package, into.package.emplace()); });
  in.take(from, "fixed_version", into.fixed_version);
  in.take(from, "known_exploited", into.known_exploited);
  in.take(from, "epss", into.epss);
  in.take(from, "epss_date", into.epss_date);
  in.take(from, "evidence", into.evidence);
  in.take(from, "remedy", into.remedy);
  in.take(from, "references", into.references);
  in.take(from, "first_seen", into.first_seen);
}

void read_excepted(Reader& in, Element from, ExceptedThreat& into) {
  in.take(from, "exception", into.exception);
  in.take(from, "reason", into.reason);
  in.take(from, "owner", into.owner);
  in.take(from, "expires_at", into.expires_at);
  in.with(from, "threat", [&](Element threat) { read_threat(in, threat, into.threat); });
}

void read_check(Reader& in, Element from, CheckResult& into) {
  in.take(from, "rule", into.rule);
  in.take(from, "subject", into.subject);
  in.take(from, "section", into.section);
  in.take(from, "title", into.title);
  in.take_word(from, "outcome", parse_check_outcome, into.outcome);
  in.take_word(from, "severity", parse_severity_level, into.severity);
  in.take(from, "evidence", into.evidence);
  in.take(from, "reason", into.reason);
  in.take(from, "remedy", into.remedy);
  in.take_list(from, "controls", into.controls, [](Reader& r, Element control, ControlRef& ref) {
    r.take(control, "benchmark", ref.benchmark);
    r.take(control, "edition", ref.edition);
    r.take(control, "id", ref.id);
    r.take(control, "level", ref.level);
    r.take(control, "scored", ref.scored);
  });
}

void read_inherited(Reader& in, Element from, Inherited& into) {
  in.take(from, "level", into.level);
  in.take_list(from, "path", into.path, [](Reader& r, Element step, PathStep& to) {
    r.take(step, "asset", to.asset.value);
    r.take(step, "name", to.name);
    r.take(step, "edge", to.edge);
    r.take(step, "why", to.why);
  });
}

void read_contribution(Reader& in, Element from, Contribution& into) {
  in.take(from, "group", into.group);
  in.take(from, "worst", into.worst.value);
  in.take(from, "threats", into.threats);
  in.take(from, "rank", into.rank);
  in.take(from, "severity_factor", into.severity_factor);
  in.take(from, "likelihood", into.likelihood);
  in.take(from, "likelihood_why", into.likelihood_why);
  in.take(from, "reach", into.reach);
  in.take(from, "reach_why", into.reach_why);
  in.take(from, "risk", into.risk);
  in.take(from, "factor", into.factor);
  in.take(from, "points", into.points);
}

void read_route(Reader& in, Element from, RouteFinding& into) {
  in.take(from, "id", into.id);
  in.take(from, "title", into.title);
  in.take(from, "remedy", into.remedy);
  in.take(from, "technique", into.technique);
  in.take_word(from, "certainty", parse_certainty, into.certainty);
  in.take_word(from, "leads", parse_leads, into.leads);
  in.take(from, "assessed", into.assessed);
  in.take(from, "threat_id", into.threat_id);
  in.take_list(from, "evidence", into.evidence, [](Reader& r, Element condition, Condition& to) {
    r.take(condition, "name", to.name);
    r.take_word(condition, "state", parse_tristate, to.state);
    r.take(condition, "evidence", to.evidence);
  });
}

void read_wan_fact(Reader& in, Element wan, std::string_view name, WanFact& into) {
  in.with(wan, name, [&](Element fact) {
    in.take(fact, "holds", into.holds);
    in.take(fact, "seen", into.seen);
    in.take(fact, "evidence", into.evidence);
  });
}

void read_assessment(Reader& in, Element from, Assessment& into) {
  in.take(from, "score", into.score);
  in.take_word(from, "level", parse_threat_level, into.level);
  in.take(from, "own", into.own);
  in.take(from, "own_threats", into.own_threats);
  in.take_list(from, "additions", into.additions, [](Reader& r, Element addition, FixedAddition& to) {
    r.take(addition, "name", to.name);
    r.take(addition, "points", to.points);
    r.take(addition, "evidence", to.evidence);
  });
  in.with(from, "inherited", [&](Element path) { read_inherited(in, path, into.inherited); });
  in.with(from, "from_outside", [&](Element path) { read_inherited(in, path, into.from_outside); });
  in.with(from, "wan", [&](Element wan) {
    read_wan_fact(in, wan, "reaches_out", into.wan.reaches_out);
    read_wan_fact(in, wan, "takes_connections", into.wan.takes_connections);
    read_wan_fact(in, wan, "can_take_connections", into.wan.can_take_connections);
  });
  in.take_list(from, "contributions", into.contributions, read_contribution);
  in.take_list(from, "routes", into.routes, read_route);
  in.with(from, "if_fixed", [&](Element fixed) {
    in.take(fixed, "score", into.if_fixed.emplace().score);
    in.take_word(fixed, "level", parse_threat_level, into.if_fixed->level);
  });
  in.take_list(from, "not_assessed", into.not_assessed, read_incomplete);
}

void read_asset(Reader& in, Element from, AssetReport& into) {
  in.take(from, "id", into.asset.id.value);
  in.take_word(from, "kind", parse_asset_kind, into.asset.kind);
  in.take(from, "name", into.asset.name);
  in.take(from, "node", into.asset.node);
  in.take(from, "image", into.asset.image);
  in.take(from, "platform", into.asset.platform);
  in.take(from, "status", into.asset.status);
  in.with(from, "labels", [&](Element labels) {
    for (const auto& [name, value] : simdjson::dom::object(labels)) {
      std::string_view text;
      if (value.get(text) == simdjson::SUCCESS) into.asset.labels.emplace(name, text);
    }
  });
  in.with(from, "os", [&](Element os) {
    OsRelease& release = into.os.emplace();
    in.take(os, "id", release.id);
    in.take(os, "version", release.version_id);
    in.take(os, "codename", release.codename);
    in.take(os, "name", release.pretty_name);
  });
  in.take(from, "scanned_at", into.scanned_at);
  in.take_list(from, "threats", into.threats, read_threat);
  in.take_list(from, "excepted", into.excepted, read_excepted);
  in.take_list(from, "checks", into.checks, read_check);
  in.take_list(from, "packages", into.packages, read_package);
  read_assessment(in, from, into.assessment);
}

void read_fall(Reader& in, Element from, FixAction::Fall& into) {
  in.take(from, "asset", into.asset.value);
  in.take(from, "name", into.name);
  in.take(from, "before", into.before);
  in.take(from, "after", into.after);
}

void read_fix(Reader& in, Element from, FixAction& into) {
  in.take(from, "id", into.id);
  in.take(from, "kind", into.kind);
  in.take(from, "title", into.title);
  in.take(from, "remedy", into.remedy);
  in.take(from, "total_fall", into.total_fall);
  in.take_list(from, "falls", into.falls, read_fall);
  std::vector<std::string> removes;
  in.take(from, "removes", removes);
  for (std::string& id : removes) into.removes.push_back({std::move(id)});
}

void read_database(Reader& in, Element from, ThreatDbInfo& into) {
  in.take(from, "present", into.present);
  in.take(from, "starter_pack", into.starter_pack);
  in.take(from, "path", into.path);
  in.take(from, "built_at", into.built_at);
  in.take(from, "records", into.records);
  in.take_list(from, "sources", into.sources, [](Reader& r, Element source, DbSource& to) {
    r.take(source, "name", to.name);
    r.take(source, "records", to.records);
    r.take(source, "date", to.date);
  });
}

void read_benchmark(Reader& in, Element from, BenchmarkRate& into) {
  in.take(from, "benchmark", into.benchmark);
  in.take(from, "edition", into.edition);
  in.take(from, "pass_rate", into.rate);
  in.with(from, "controls", [&](Element controls) {
    constexpr std::array names{"pass", "fail", "not_applicable", "manual", "unknown"};  // as CheckOutcome
    for (size_t i = 0; i < names.size(); ++i) in.take(controls, names[i], into.controls[i]);
  });
}

void read_end(Reader& in, Element from, FlowEnd& into) {
  in.take(from, "asset", into.asset.value);
  in.take(from, "address", into.address);
  int port = 0;
  in.take(from, "port", port);
  into.port = static_cast<uint16_t>(port);
  in.take(from, "wan", into.wan);
}

void read_event(Reader& in, Element from, NetworkEvent& into) {
  in.take(from, "detector", into.detector);
  in.take_word(from, "severity", parse_severity_level, into.severity);
  in.take(from, "technique", into.technique);
  in.take_word(from, "outcome", parse_event_outcome, into.outcome);
  in.take(from, "title", into.title);
  in.take(from, "evidence", into.evidence);
  in.take(from, "cves", into.cves);
  in.with(from, "source", [&](Element end) { read_end(in, end, into.source); });
  in.with(from, "target", [&](Element end) { read_end(in, end, into.target); });
  in.take(from, "on_source", into.on_source);
  in.take(from, "from_outside_only", into.from_outside_only);
  in.take(from, "count", into.count);
  in.take(from, "first_seen", into.first_seen);
  in.take(from, "last_seen", into.last_seen);
}

void read_overview(Reader& in, Element from, Report& into) {
  in.take(from, "generated_at", into.generated_at);
  in.with(from, "tool", [&](Element tool) { in.take(tool, "version", into.tool_version); });
  in.with(from, "threat_db", [&](Element db) { read_database(in, db, into.threat_db); });
  in.take_list(from, "fixes", into.fixes, read_fix);
  in.take_list(from, "together", into.together, [](Reader& r, Element together, FixesTogether& to) {
    r.take(together, "fixes", to.fixes);
    r.take(together, "worst_before", to.worst_before);
    r.take(together, "worst_after", to.worst_after);
    r.take(together, "total_fall", to.total_fall);
    r.take_list(together, "falls", to.falls, read_fall);
  });
  in.take_list(from, "benchmarks", into.benchmarks, read_benchmark);
  in.take_list(from, "incomplete", into.incomplete, read_incomplete);
  in.with(from, "network", [&](Element network) {
    in.take(network, "observed_ms", into.network.observed_ms);
    in.take_list(network, "events", into.network.events, read_event);
  });
}

void read_flow(Reader& in, Element from, Flow& into) {
  in.with(from, "from", [&](Element end) { read_end(in, end, into.from); });
  in.with(from, "to", [&](Element end) { read_end(in, end, into.to); });
  in.take_word(from, "transport", parse_transport, into.transport);
  in.take(from, "application", into.application);
  in.take(from, "seen", into.seen);
}

void read_behaviour(Reader& in, Element from, AssetBehaviour& into) {
  in.take(from, "asset", into.asset.value);
  in.take(from, "group", into.group);
  in.take(from, "learned", into.learned);
  in.take(from, "weight", into.weight);
  in.take(from, "anomalies", into.anomalies);
}

}  // namespace

Result<Report> overview_from_json(std::string_view json) {
  simdjson::dom::parser parser;
  Element root;
  if (parser.parse(json.data(), json.size(), true).get(root) != simdjson::SUCCESS || !root.is_object())
    return Error{ErrorKind::malformed, "a report is no JSON object"};
  Reader in;
  Report out;
  read_overview(in, root, out);
  if (in.broken()) return Error{ErrorKind::malformed, "a report has a member that it may not have"};
  return out;
}

Result<AssetReport> asset_from_json(std::string_view json) {
  simdjson::dom::parser parser;
  Element root;
  if (parser.parse(json.data(), json.size(), true).get(root) != simdjson::SUCCESS || !root.is_object())
    return Error{ErrorKind::malformed, "the report of an asset is no JSON object"};
  Reader in;
  AssetReport out;
  read_asset(in, root, out);
  if (in.broken() || out.asset.id.empty())
    return Error{ErrorKind::malformed, "the report of an asset has a member that it may not have"};
  return out;
}

Result<Report> report_from_json(std::string_view json, const std::string& name) {
  const auto broken = [&](const char* what) { return Error{ErrorKind::malformed, what, printable(name)}; };
  simdjson::dom::parser parser;
  Element root;
  std::string_view schema;
  if (parser.parse(json.data(), json.size(), true).get(root) != simdjson::SUCCESS || !root.is_object())
    return broken("it is no JSON object");
  if (root["schema"].get(schema) != simdjson::SUCCESS || schema != "plimsoll.report/1")
    return broken("it is no report of `plimsoll scan --format json` (schema plimsoll.report/1)");
  Reader in;
  Report out;
  read_overview(in, root, out);
  in.take_list(root, "assets", out.assets, read_asset);
  in.take_list(root, "flows", out.flows, read_flow);
  in.with(root, "network",
          [&](Element network) { in.take_list(network, "behaviour", out.network.behaviour, read_behaviour); });
  for (const AssetReport& asset : out.assets) {
    if (asset.asset.id.empty()) return broken("an asset of the report has no id");
  }
  if (in.broken()) return broken("the report has a member that it may not have");
  return out;
}

}  // namespace plimsoll::wire
