// Each detector by two captures: what it must tell, and what only looks like it (tests/golden/captures/detect, made by
// make_detect_captures.py beside it).
#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "network/capture/file.h"
#include "network/detect/detector.h"
#include "network/sensor.h"
#include "system/descriptor.h"

namespace plimsoll::network {
namespace {

std::vector<Finding> replayed(const std::string& name) {
  const std::string path = std::string(PLIMSOLL_SOURCE_DIR) + "/tests/golden/captures/detect/" + name + ".pcap";
  const system::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  auto capture = CaptureFile::open(read_descriptor(file.get()), path);
  EXPECT_TRUE(capture.ok()) << path;
  if (!capture.ok()) return {};
  Sensor sensor({}, default_detectors(), [](const FlowRecord&) {});
  Packet packet;
  while (true) {
    const auto more = capture->next(packet);
    EXPECT_TRUE(more.ok()) << path;
    if (!more.ok() || !*more) break;
    sensor.packet(packet);
  }
  sensor.flush();
  EXPECT_EQ(sensor.counts().malformed, 0u) << path;
  return sensor.findings();
}

TEST(DetectorCaptures, EachFiresOnItsOwnAndOnNothingElse) {
  for (const DetectorRow& row : detector_table()) {
    const auto found = replayed(std::string(row.id) + "-fires");
    EXPECT_GE(found.size(), 1u) << row.id;
    for (const Finding& finding : found) {
      EXPECT_EQ(finding.detector, row.id) << finding.evidence;
      EXPECT_FALSE(finding.evidence.empty()) << row.id;
    }
    // Over IPv6 as over IPv4, but for the flood.
    const bool six = std::any_of(found.begin(), found.end(), [](const Finding& f) { return !f.target.address.v4(); });
    EXPECT_TRUE(six || row.id == "net.tcp.syn-flood") << row.id;
  }
}

TEST(DetectorCaptures, NoneFiresOnLookAlikes) {
  for (const DetectorRow& row : detector_table()) {
    for (const Finding& finding : replayed(std::string(row.id) + "-silent")) {
      EXPECT_LE(finding.severity, SeverityLevel::low) << row.id << ": " << finding.detector << ": " << finding.evidence;
    }
  }
}

TEST(DetectorCaptures, Outcomes) {
  const auto outcome_of = [](const std::string& name) {
    const auto found = replayed(name);
    return found.empty() ? Finding::Outcome::attempt : found[0].outcome;
  };
  EXPECT_EQ(outcome_of("net.scan.ports-fires"), Finding::Outcome::attempt);
  EXPECT_EQ(outcome_of("net.expose.redis-fires"), Finding::Outcome::answered);
  EXPECT_EQ(outcome_of("net.cloud.metadata-fires"), Finding::Outcome::answered);
  const auto attacked = replayed("net.http.log4shell-fires");
  EXPECT_TRUE(std::any_of(attacked.begin(), attacked.end(),
                          [](const Finding& f) { return f.outcome == Finding::Outcome::confirmed; }));
}

}  // namespace
}  // namespace plimsoll::network
