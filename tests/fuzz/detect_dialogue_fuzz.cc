// Every detector hears one conversation. The first byte says over what; then come pieces: a byte for who speaks (bit 0)
// and a byte for how much it says.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "network/detect/findings.h"

using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  Findings findings;
  std::vector<std::unique_ptr<Detector>> detectors;
  for (const DetectorRow& row : detector_table()) detectors.push_back(row.make());
  FlowRecord flow;
  flow.opener_seen = true;
  flow.key.transport = (data[0] & 1) != 0 ? plimsoll::Transport::udp : plimsoll::Transport::tcp;
  const auto service = parse_address((data[0] & 2) != 0 ? "169.254.169.254" : "10.0.0.2");
  const auto client = parse_address("203.0.113.7");
  if (!service || !client) std::abort();
  flow.key.client = {*client, 40'000};
  flow.key.server = {*service, static_cast<uint16_t>((data[0] & 4) != 0 ? 53 : 80)};
  Time now{std::chrono::seconds(1'800'000'000)};
  for (const auto& detector : detectors) detector->on_flow(FlowEvent::opened, flow, now, findings);
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  while (rest.size() >= 2) {
    const uint8_t who = static_cast<uint8_t>(rest[0]);
    const size_t length = std::min<size_t>(static_cast<uint8_t>(rest[1]), rest.size() - 2);
    const std::string_view said = rest.substr(2, length);
    rest.remove_prefix(2 + length);
    now += std::chrono::milliseconds(who);
    for (const auto& detector : detectors) {
      detector->on_data(flow, (who & 1) != 0, said, now, findings);
      if ((who & 2) != 0) detector->on_tick(now, findings);
    }
  }
  for (const auto& detector : detectors) detector->on_leave(flow, now, findings);
  for (const Finding& finding : findings.all()) {
    if (finding.evidence.find('\x1b') != std::string::npos || finding.evidence.size() > 4096) std::abort();
  }
  return 0;
}
