#include <gtest/gtest.h>

#include "network/detect/detector_for_tests.h"
#include "network/detect/rows.h"

namespace plimsoll::network {
namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

Watched asked(std::string_view service, std::string_view path, std::string_view answer) {
  Watched watched(cloud_metadata_row);
  const FlowRecord flow = watched.flow("10.0.0.2", 4000, service, 80);
  watched.event(FlowEvent::opened, flow);
  if (!path.empty()) watched.client_slowly(flow, "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  watched.server_slowly(flow, answer);
  return watched;
}

TEST(CloudMetadata, HowBadItIs) {
  for (const char* service : {"169.254.169.254", "fd00:ec2::254", "100.100.100.200", "169.254.170.2"}) {
    const auto begun = asked(service, "", "").findings();
    ASSERT_EQ(begun.size(), 1u);
    EXPECT_EQ(begun[0].severity, SeverityLevel::medium);
    EXPECT_TRUE(begun[0].on_source);
    const auto answered = asked(service, "/latest/meta-data/hostname", kOk).findings();
    EXPECT_EQ(answered[0].severity, SeverityLevel::high);
    EXPECT_EQ(answered[0].outcome, Finding::Outcome::answered);
    const auto credentials = asked(service, "/latest/meta-data/iam/security-credentials/role", kOk).findings();
    EXPECT_EQ(credentials[0].severity, SeverityLevel::critical);
  }
}

TEST(CloudMetadata, TheSessionTokenIsNoCredential) {
  EXPECT_EQ(asked("169.254.169.254", "/latest/api/token", kOk).findings()[0].severity, SeverityLevel::high);
  EXPECT_EQ(asked("169.254.169.254", "/computeMetadata/v1/instance/service-accounts/default/token", kOk)
                .findings()[0]
                .severity,
            SeverityLevel::critical);
}

TEST(CloudMetadata, ARefusalIsAnAttempt) {
  const auto refused = asked("169.254.169.254", "/latest/meta-data/iam/security-credentials/",
                             "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
                           .findings();
  EXPECT_EQ(refused[0].severity, SeverityLevel::medium);
  EXPECT_EQ(refused[0].outcome, Finding::Outcome::attempt);
}

TEST(CloudMetadata, NeighbouringServicesAreNone) {
  EXPECT_TRUE(asked("169.254.20.10", "/latest/", kOk).findings().empty());  // node-local DNS of Kubernetes
  Watched watched(cloud_metadata_row);
  watched.event(FlowEvent::opened, watched.flow("10.0.0.2", 4000, "169.254.169.254", 53, Transport::udp));
  watched.event(FlowEvent::opened, watched.flow("10.0.0.2", 4000, "169.254.169.254", 53));
  watched.event(FlowEvent::opened, watched.flow("10.0.0.2", 4000, "169.254.169.254", 123, Transport::udp));
  EXPECT_TRUE(watched.findings().empty());
}

}  // namespace
}  // namespace plimsoll::network
