// A capture file, or any frames, into a sensor with all detectors: bounds are kept, memory comes back with the flows.
#include <algorithm>
#include <cstring>

#include "network/capture/file.h"
#include "network/protocol/ndpi.h"
#include "network/sensor.h"

using namespace plimsoll;
using namespace plimsoll::network;

namespace {

// Without a file's header: raw IP packets, each after two bytes of length.
void play_frames(Sensor& sensor, std::span<const uint8_t> rest) {
  Time at(std::chrono::seconds(1'000'000));
  while (rest.size() > 2) {
    const size_t length = std::min<size_t>(rest.size() - 2, rest[0] << 8 | rest[1]);
    sensor.packet({at, LinkType::raw_ip, rest.subspan(2, length), static_cast<uint32_t>(length)});
    rest = rest.subspan(2 + length);
    at += std::chrono::milliseconds(100);
  }
}

bool play_file(Sensor& sensor, std::span<const uint8_t> data) {
  auto file = CaptureFile::open(
      [&data](uint8_t* buffer, size_t capacity) -> Result<size_t> {
        const size_t count = std::min(capacity, data.size());
        std::memcpy(buffer, data.data(), count);
        data = data.subspan(count);
        return count;
      },
      "fuzz");
  if (!file.ok()) return false;
  Packet packet;
  for (;;) {
    const auto more = file->next(packet);
    if (!more.ok() || !*more) return true;
    sensor.packet(packet);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SensorLimits limits;
  limits.flows = 8;
  limits.reassembly_bytes = 64u << 10;
  uint64_t left = 0;
  static const auto ndpi = std::make_shared<Ndpi>();  // making one takes longer than all the rest
  Sensor sensor(limits, default_detectors(), [&left](const FlowRecord&) { ++left; }, ndpi);
  if (!play_file(sensor, {data, size})) play_frames(sensor, {data, size});
  if (sensor.flows().size() > limits.flows) __builtin_trap();
  sensor.flush();
  if (!sensor.flows().empty() || sensor.counts().flows_opened != left) __builtin_trap();
  (void)sensor.findings();
  return 0;
}
