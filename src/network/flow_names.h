#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "network/detect/finding.h"
#include "network/flow_record.h"
#include "wire/json_writer.h"

namespace plimsoll::network {

std::string_view name_of(FlowState state);  // "opening", "established"...
std::optional<FlowState> parse_flow_state(std::string_view text);
std::string_view name_of(Finding::Outcome outcome);  // "attempt", "answered", "confirmed"
std::optional<Finding::Outcome> parse_outcome(std::string_view text);

std::string to_text(const Endpoint& endpoint);  // "10.0.0.1:80", "[2001:db8::1]:80"; port 0 is not shown
std::string to_text(Time at);                   // RFC 3339 in UTC with six digits of a second

// What a flow speaks: its application, else "tcp/7001" by the server's port.
std::string spoken_in(const FlowRecord& flow);

// One object each; members that hold nothing are left out.
void write_json(wire::JsonWriter& out, const FlowRecord& flow);
void write_json(wire::JsonWriter& out, const Finding& finding);

}  // namespace plimsoll::network
