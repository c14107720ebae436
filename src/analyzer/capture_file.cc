#include "analyzer/capture_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "analyzer/append.h"
#include "base/text.h"
#include "model/wan.h"
#include "network/capture/file.h"
#include "network/described.h"
#include "system/descriptor.h"
#include "system/errno_error.h"
#include "wire/packed.h"

namespace plimsoll::analyzer {

template <class A, wire::Is<CaptureReading> T>
void describe(A& a, T& v) {
  a.member("flows", v.flows);
  a.member("findings", v.findings);
  a.member("counts", v.counts);
  a.member("not_assessed", v.not_assessed);
}

namespace {

using network::FlowRecord;
using system::sandbox::Job;
using system::sandbox::Outcome;
using system::sandbox::WorkerSide;

constexpr size_t most_flows = 250'000;
constexpr uint64_t packets_between_signs = 1'000'000;

void tell_losses(CaptureReading& reading, uint64_t untold, uint64_t unknown_link) {
  const auto add = [&reading](uint64_t count, const char* what, std::string reason) {
    if (count > 0) reading.not_assessed.push_back({what, std::move(reason), {}});
  };
  const network::SensorCounts& counts = reading.counts;
  add(unknown_link, "packets of some interfaces",
      fmt::format("{} were captured on links whose type is not known here", unknown_link));
  add(counts.malformed, "malformed packets",
      fmt::format("the headers of {} contradict each other or are cut off", counts.malformed));
  add(counts.cut, "ends of packets", fmt::format("the capture cut {} of them", counts.cut));
  add(counts.flows_evicted, "flows over time",
      fmt::format("the table was full: {} left it early, and may be told in pieces", counts.flows_evicted));
  add(counts.reassembly_lost, "contents of some flows",
      fmt::format("{} segments were missing, contradictory or beyond a bound", counts.reassembly_lost));
  add(untold, "further flows", fmt::format("only the first {} are told, not {} more", most_flows, untold));
}

Result<CaptureReading> read_opened(int file, const std::string& name, const std::function<void(uint64_t)>& progress) {
  PLIMSOLL_TRY(capture, network::CaptureFile::open(network::read_descriptor(file), name));
  CaptureReading reading;
  uint64_t untold = 0, packets = 0;
  network::Sensor sensor({}, network::default_detectors(), [&](const FlowRecord& flow) {
    if (reading.flows.size() < most_flows)
      reading.flows.push_back(flow);
    else
      ++untold;
  });
  network::Packet packet;
  for (;;) {
    const Result<bool> more = capture.next(packet);
    if (!more.ok()) {
      reading.not_assessed.push_back({"rest of the capture", more.error().to_string(), more.error().advice});
      break;
    }
    if (!*more) break;
    sensor.packet(packet);
    if (++packets % packets_between_signs == 0 && progress) progress(packets);
  }
  sensor.flush();
  reading.findings = sensor.findings();
  // A capture has no policy: what is inside is what the defaults say.
  std::erase_if(reading.findings,
                [wan = WanPolicy{}](const network::Finding& finding) { return !network::is_fault(finding, wan); });
  reading.counts = sensor.counts();
  append(reading.not_assessed, sensor.losses());
  tell_losses(reading, untold, capture.unknown_link());
  std::sort(reading.flows.begin(), reading.flows.end(), [](const FlowRecord& a, const FlowRecord& b) {
    return std::tie(a.first_seen, a.key, a.last_seen) < std::tie(b.first_seen, b.key, b.last_seen);
  });
  return reading;
}

Result<std::string> capture_body(WorkerSide& side) {
  const auto progress = [&side](uint64_t packets) { side.progress(packets); };
  PLIMSOLL_TRY(reading, read_opened(side.descriptor(0), std::string(side.request()), progress));
  return wire::pack(reading);
}

}  // namespace

Result<CaptureReading> read_capture(system::sandbox::Sandbox* sandbox, const std::string& path) {
  const system::Descriptor file(::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
  if (!file.valid()) return system::errno_error(errno, "open", path);
  if (sandbox == nullptr) return read_opened(file.get(), path, nullptr);
  Job job;
  job.body = capture_body;
  job.request = path;
  job.descriptors = {file.get()};
  job.limits.answer_bytes = uint64_t{512} << 20;
  const Outcome outcome = sandbox->run(job);
  if (!outcome.answer.ok() && !outcome.lost) return outcome.answer.error();
  Result<CaptureReading> reading =
      outcome.answer.ok() ? wire::unpack<CaptureReading>(*outcome.answer) : outcome.answer.error();
  if (reading.ok()) return reading;
  CaptureReading nothing;
  nothing.not_assessed.push_back({"capture " + printable(path), reading.error().to_string(), reading.error().advice});
  return nothing;
}

}  // namespace plimsoll::analyzer
