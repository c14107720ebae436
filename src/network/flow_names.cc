#include "network/flow_names.h"

#include <fmt/format.h>

#include <array>

#include "base/time.h"
#include "model/names.h"

namespace plimsoll::network {
namespace {

using Outcome = Finding::Outcome;

struct StateName {
  FlowState state;
  std::string_view name;
};
constexpr std::array state_names = {
    StateName{FlowState::opening, "opening"}, StateName{FlowState::established, "established"},
    StateName{FlowState::closed, "closed"},   StateName{FlowState::reset, "reset"},
    StateName{FlowState::refused, "refused"}, StateName{FlowState::unanswered, "unanswered"},
};

struct OutcomeName {
  Outcome outcome;
  std::string_view name;
};
constexpr std::array outcome_names = {OutcomeName{Outcome::attempt, "attempt"},
                                      OutcomeName{Outcome::answered, "answered"},
                                      OutcomeName{Outcome::confirmed, "confirmed"}};

void write_endpoint(wire::JsonWriter& out, std::string_view name, const Endpoint& end) {
  out.key(name).begin_object().member("address", to_text(end.address)).member("port", end.port).end_object();
}

void write_text(wire::JsonWriter& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.member(name, text);
}

void write_owner(wire::JsonWriter& out, std::string_view name, const Owner& owner) {
  if (owner == Owner{}) return;
  out.key(name).begin_object();
  if (owner.network_namespace != 0) out.member("network_namespace", owner.network_namespace);
  if (owner.cgroup != 0) out.member("cgroup", owner.cgroup);
  if (owner.pid != 0) out.member("pid", owner.pid);
  write_text(out, "process", owner.process);
  out.end_object();
}

}  // namespace

std::string_view name_of(FlowState state) {
  for (const StateName& row : state_names) {
    if (row.state == state) return row.name;
  }
  return "";
}

std::optional<FlowState> parse_flow_state(std::string_view text) {
  for (const StateName& row : state_names) {
    if (row.name == text) return row.state;
  }
  return std::nullopt;
}

std::string_view name_of(Outcome outcome) {
  for (const OutcomeName& row : outcome_names) {
    if (row.outcome == outcome) return row.name;
  }
  return "";
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  for (const OutcomeName& row : outcome_names) {
    if (row.name == text) return row.outcome;
  }
  return std::nullopt;
}

std::string to_text(const Endpoint& endpoint) {
  const std::string address = to_text(endpoint.address);
  if (endpoint.port == 0) return address;
  return endpoint.address.v4() ? fmt::format("{}:{}", address, endpoint.port)
                               : fmt::format("[{}]:{}", address, endpoint.port);
}

std::string to_text(Time at) {
  const Instant seconds = std::chrono::floor<std::chrono::seconds>(at);
  std::string out = format_rfc3339(seconds);
  if (!out.empty()) out.pop_back();  // the "Z"
  return fmt::format("{}.{:06}Z", out, (at - seconds).count());
}

std::string spoken_in(const FlowRecord& flow) {
  if (!flow.application.empty()) return flow.application;
  return fmt::format("{}/{}", plimsoll::name_of(flow.key.transport), flow.key.server.port);
}

void write_json(wire::JsonWriter& out, const FlowRecord& flow) {
  out.begin_object().member("transport", plimsoll::name_of(flow.key.transport));
  write_endpoint(out, "client", flow.key.client);
  write_endpoint(out, "server", flow.key.server);
  out.member("opener_seen", flow.opener_seen).member("state", name_of(flow.state));
  write_text(out, "application", flow.application);
  write_text(out, "application_version", flow.application_version);
  write_text(out, "server_name", flow.server_name);
  write_text(out, "looked_up_as", flow.looked_up_as);
  write_text(out, "software", flow.software);
  write_text(out, "software_version", flow.software_version);
  out.member("bytes_to_server", flow.bytes_to_server).member("bytes_to_client", flow.bytes_to_client);
  out.member("packets_to_server", flow.packets_to_server).member("packets_to_client", flow.packets_to_client);
  out.member("first_seen", to_text(flow.first_seen)).member("last_seen", to_text(flow.last_seen));
  write_owner(out, "client_owner", flow.client_owner);
  write_owner(out, "server_owner", flow.server_owner);
  out.end_object();
}

void write_json(wire::JsonWriter& out, const Finding& finding) {
  out.begin_object().member("detector", finding.detector).member("severity", plimsoll::name_of(finding.severity));
  write_text(out, "technique", finding.technique);
  if (!finding.cves.empty()) {
    out.key("cves").begin_array();
    for (const std::string& cve : finding.cves) out.value(cve);
    out.end_array();
  }
  out.member("title", finding.title).member("evidence", finding.evidence).member("outcome", name_of(finding.outcome));
  write_endpoint(out, "source", finding.source);
  write_endpoint(out, "target", finding.target);
  out.member("on_source", finding.on_source).member("count", finding.count);
  out.member("first_seen", to_text(finding.first_seen)).member("last_seen", to_text(finding.last_seen));
  out.end_object();
}

}  // namespace plimsoll::network
