#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/deflate_for_tests.h"
#include "network/detect/findings.h"

namespace plimsoll::network {

inline Endpoint end_at(std::string_view address, uint16_t port) { return {parse_address(address).value(), port}; }

// One detector, told of what happens by hand. Time goes on by itself: a tick comes with each second that passes.
class Watched {
 public:
  explicit Watched(const DetectorRow& row) : detector_(row.make()) {}

  FlowRecord flow(std::string_view client, uint16_t client_port, std::string_view server, uint16_t port,
                  Transport transport = Transport::tcp) const {
    FlowRecord out;
    out.key = {transport, end_at(client, client_port), end_at(server, port)};
    out.opener_seen = true;
    return out;
  }
  void event(FlowEvent event, const FlowRecord& flow) { detector_->on_flow(event, flow, now, findings_); }
  void probe(ProbeKind kind, const Endpoint& from, const Endpoint& to) {
    detector_->on_probe(kind, from, to, now, findings_);
  }
  void client(const FlowRecord& flow, std::string_view bytes) { detector_->on_data(flow, true, bytes, now, findings_); }
  void server(const FlowRecord& flow, std::string_view bytes) {
    detector_->on_data(flow, false, bytes, now, findings_);
  }
  void leave(const FlowRecord& flow) { detector_->on_leave(flow, now, findings_); }
  // Every byte by itself.
  void client_slowly(const FlowRecord& flow, std::string_view bytes) {
    for (size_t i = 0; i < bytes.size(); ++i) client(flow, bytes.substr(i, 1));
  }
  void server_slowly(const FlowRecord& flow, std::string_view bytes) {
    for (size_t i = 0; i < bytes.size(); ++i) server(flow, bytes.substr(i, 1));
  }
  void pass(std::chrono::microseconds time) {
    const Time until = now + time;
    while (next_tick_ <= until) {
      detector_->on_tick(next_tick_, findings_);
      next_tick_ += std::chrono::seconds(1);
    }
    now = until;
  }
  std::vector<Finding> findings() const { return findings_.all(); }
  IncompleteList losses() const { return findings_.losses(); }

  Time now{std::chrono::seconds(1'800'000'000)};

 private:
  std::unique_ptr<Detector> detector_;
  Findings findings_;
  Time next_tick_ = now + std::chrono::seconds(1);
};

}  // namespace plimsoll::network
