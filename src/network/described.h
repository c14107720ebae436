#pragma once
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "network/detect/finding.h"
#include "network/flow_names.h"
#include "network/sensor.h"
#include "wire/describe.h"

// The members of values that a sandboxed worker hands over, as wire/describe.h does for the model's.
namespace plimsoll::network {

inline std::optional<FlowState> parse_name(std::string_view text, FlowState*) { return parse_flow_state(text); }
inline std::optional<Finding::Outcome> parse_name(std::string_view text, Finding::Outcome*) {
  return parse_outcome(text);
}

// As microseconds; what is read lies between 1970 and the year 10000.
template <class A, class T>
void describe_time(A& a, const char* name, T& at) {
  int64_t microseconds = at.time_since_epoch().count();
  a.member(name, microseconds);
  if constexpr (!std::is_const_v<T>)
    at = Time(std::chrono::microseconds(std::clamp<int64_t>(microseconds, 0, 253'402'300'799'999'999)));
}

template <class A, wire::Is<Endpoint> T>
void describe(A& a, T& v) {
  uint64_t halves[2];
  std::memcpy(halves, v.address.bytes.data(), sizeof halves);
  a.member("first", halves[0]);
  a.member("second", halves[1]);
  if constexpr (!std::is_const_v<T>) std::memcpy(v.address.bytes.data(), halves, sizeof halves);
  a.member("port", v.port);
}

template <class A, wire::Is<Owner> T>
void describe(A& a, T& v) {
  a.member("network_namespace", v.network_namespace);
  a.member("cgroup", v.cgroup);
  a.member("pid", v.pid);
  a.member("process", v.process);
}

template <class A, wire::Is<FlowRecord> T>
void describe(A& a, T& v) {
  a.member("transport", v.key.transport);
  a.member("client", v.key.client);
  a.member("server", v.key.server);
  a.member("opener_seen", v.opener_seen);
  a.member("state", v.state);
  a.member("bytes_to_server", v.bytes_to_server);
  a.member("bytes_to_client", v.bytes_to_client);
  a.member("packets_to_server", v.packets_to_server);
  a.member("packets_to_client", v.packets_to_client);
  describe_time(a, "first_seen", v.first_seen);
  describe_time(a, "last_seen", v.last_seen);
  a.member("application", v.application);
  a.member("application_version", v.application_version);
  a.member("server_name", v.server_name);
  a.member("looked_up_as", v.looked_up_as);
  a.member("software", v.software);
  a.member("software_version", v.software_version);
  a.member("client_owner", v.client_owner);
  a.member("server_owner", v.server_owner);
}

template <class A, wire::Is<Finding> T>
void describe(A& a, T& v) {
  a.member("detector", v.detector);
  a.member("severity", v.severity);
  a.member("technique", v.technique);
  a.member("cves", v.cves);
  a.member("title", v.title);
  a.member("evidence", v.evidence);
  a.member("outcome", v.outcome);
  a.member("source", v.source);
  a.member("target", v.target);
  a.member("on_source", v.on_source);
  a.member("from_outside_only", v.from_outside_only);
  a.member("count", v.count);
  describe_time(a, "first_seen", v.first_seen);
  describe_time(a, "last_seen", v.last_seen);
}

template <class A, wire::Is<SensorCounts> T>
void describe(A& a, T& v) {
  a.member("packets", v.packets);
  a.member("bytes", v.bytes);
  a.member("not_ip", v.not_ip);
  a.member("malformed", v.malformed);
  a.member("cut", v.cut);
  a.member("flows_opened", v.flows_opened);
  a.member("flows_evicted", v.flows_evicted);
  a.member("reassembly_lost", v.reassembly_lost);
  a.member("doubled", v.doubled);
}

}  // namespace plimsoll::network
