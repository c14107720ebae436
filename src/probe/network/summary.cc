#include "probe/network/summary.h"

#include <algorithm>

namespace plimsoll::probe {
namespace {

using network::FlowState;

// A connection that came about, one refused and one without an answer are different things; how it ended is not.
int outcome(FlowState state) {
  if (state == FlowState::refused) return 1;
  return state == FlowState::unanswered ? 2 : 0;
}

void fill(std::string& to, const std::string& from) {
  if (to.empty()) to = from;
}

void add_to(SeenFlow& row, const SeenFlow& flow) {
  network::FlowRecord& to = row.record;
  const network::FlowRecord& from = flow.record;
  row.connections += flow.connections;
  to.bytes_to_server += from.bytes_to_server;
  to.bytes_to_client += from.bytes_to_client;
  to.packets_to_server += from.packets_to_server;
  to.packets_to_client += from.packets_to_client;
  to.first_seen = std::min(to.first_seen, from.first_seen);
  if (from.last_seen >= to.last_seen) {
    to.last_seen = from.last_seen;
    to.state = from.state;
  }
  to.opener_seen = to.opener_seen || from.opener_seen;
  fill(to.application_version, from.application_version);
  fill(to.server_name, from.server_name);
  fill(to.looked_up_as, from.looked_up_as);
  fill(to.software, from.software);
  fill(to.software_version, from.software_version);
  if (to.client_owner.pid == 0) to.client_owner = from.client_owner;
  if (to.server_owner.pid == 0) to.server_owner = from.server_owner;
}

}  // namespace

void FlowSummary::add(const SeenFlow& flow) {
  const network::FlowRecord& record = flow.record;
  const Key key{flow.client,       flow.server,        record.key.transport, record.key.client.address,
                record.key.server, record.application, outcome(record.state)};
  const auto found = rows_.find(key);
  if (found != rows_.end()) return add_to(found->second, flow);
  if (rows_.size() >= most_) {
    ++left_out_;
    return;
  }
  SeenFlow& row = rows_[key] = flow;
  row.record.key.client.port = 0;
}

std::vector<SeenFlow> FlowSummary::rows() const {
  std::vector<SeenFlow> out;
  out.reserve(rows_.size());
  for (const auto& [key, row] : rows_) out.push_back(row);
  return out;
}

void FlowSummary::clear() {
  rows_.clear();
  left_out_ = 0;
}

}  // namespace plimsoll::probe
