// A container asks the cloud's metadata service, where the machine's credentials are to be had (ATT&CK T1552.005).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "network/detect/findings.h"
#include "network/detect/http_dialogue.h"
#include "network/detect/http_text.h"
#include "network/detect/keys.h"
#include "network/detect/rows.h"
#include "network/detect/state_table.h"

namespace plimsoll::network {
namespace {

constexpr size_t kFlows = 4096;
constexpr uint16_t kDns = 53;  // Google's resolver has the same address

// AWS, Azure, Google and most others; AWS over IPv6; Alibaba; AWS ECS.
constexpr std::array<std::string_view, 4> kServices = {"169.254.169.254", "fd00:ec2::254", "100.100.100.200",
                                                       "169.254.170.2"};
constexpr std::array<std::string_view, 4> kCredentialPaths = {"/security-credentials", "/token", "/identity",
                                                              "/credentials"};

bool is_service(const Address& address) {
  static const auto known = [] {
    std::array<Address, kServices.size()> out;
    for (size_t i = 0; i < out.size(); ++i) out[i] = parse_address(kServices[i]).value_or(Address{});
    return out;
  }();
  return std::find(known.begin(), known.end(), address) != known.end();
}

// Asking for the session token of IMDSv2 is no credential yet.
bool asks_for_credentials(const HttpMessage& request) {
  const std::string path = lower(normal_path(request.target));
  if (path == "/latest/api/token") return false;
  return std::any_of(kCredentialPaths.begin(), kCredentialPaths.end(),
                     [&](std::string_view part) { return path.find(part) != std::string::npos; });
}

class CloudMetadata final : public Detector {
 public:
  void on_flow(FlowEvent event, const FlowRecord& flow, Time at, Findings& findings) override {
    if (event != FlowEvent::opened || !concerns(flow)) return;
    Finding finding = about(flow, at, "it began a connection to the metadata service");
    finding.severity = SeverityLevel::medium;
    findings.tell(std::move(finding));
  }

  void on_data(const FlowRecord& flow, bool from_client, std::string_view bytes, Time at, Findings& findings) override {
    if (!concerns(flow)) return;
    HttpDialogue& dialogue = dialogues_.get(flow.key);
    if (const uint64_t evicted = dialogues_.take_evicted()) findings.lost(cloud_metadata_row.id, evicted);
    dialogue.feed(from_client, bytes, [&](const HttpMessage& request, const HttpMessage& response) {
      if (response.status != 200) return;
      Finding finding = about(
          flow, at, fmt::format("{} {} was answered", printable(request.method, 20), printable(request.target, 200)));
      finding.outcome = Finding::Outcome::answered;
      if (asks_for_credentials(request)) {
        finding.severity = SeverityLevel::critical;
        finding.evidence += ": credentials";
      }
      findings.tell(std::move(finding));
    });
  }

  void on_leave(const FlowRecord& flow, Time, Findings&) override { dialogues_.erase(flow.key); }

 private:
  static bool concerns(const FlowRecord& flow) {
    return flow.key.transport == Transport::tcp && flow.key.server.port != kDns && is_service(flow.key.server.address);
  }

  static Finding about(const FlowRecord& flow, Time at, std::string evidence) {
    Finding finding = Findings::about(cloud_metadata_row, flow, at, std::move(evidence));
    finding.on_source = true;
    return finding;
  }

  StateTable<FlowKey, HttpDialogue, KeyHash> dialogues_{kFlows};
};

}  // namespace

const DetectorRow cloud_metadata_row{
    "net.cloud.metadata", SeverityLevel::high, "T1552.005", "Cloud metadata service reached", true, [] {
      return std::unique_ptr<Detector>(std::make_unique<CloudMetadata>());
    }};

}  // namespace plimsoll::network
