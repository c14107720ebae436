// Elasticsearch or OpenSearch answers about its cluster or its data to a request without credentials.
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

constexpr size_t kFlows = 4096, kShort = 16;
constexpr int kOk = 200;

// "GET /" alone is what load balancers ask.
bool asks_for_data(const std::string& path) {
  constexpr std::array<std::string_view, 5> parts = {"/_cat", "/_search", "/_cluster", "/_nodes", "/_all"};
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return path.find(part) != std::string::npos; });
}

// Who answers: the product's own header (Elasticsearch 7.14 and later), or members that only these bodies have.
bool is_search_engine(const HttpMessage& response) {
  if (response.header("x-elastic-product") == "Elasticsearch") return true;
  const std::string body = decoded_body(response.body, response.header("content-encoding")).text;
  constexpr std::array<std::string_view, 4> members = {"\"cluster_name\"", "\"_shards\"", "\"_nodes\"", "\"tagline\""};
  return std::any_of(members.begin(), members.end(),
                     [&](std::string_view member) { return body.find(member) != std::string::npos; });
}

// CVE-2014-3120 and CVE-2015-1427: a script of the request that starts programs.
bool starts_programs(const HttpMessage& request) {
  const std::string body = decoded_body(request.body, request.header("content-encoding")).text;
  return body.find("script") != std::string::npos &&
         (body.find("Runtime") != std::string::npos || body.find("ProcessBuilder") != std::string::npos);
}

class ExposeElasticsearch final : public Detector {
 public:
  void on_data(const FlowRecord& flow, bool from_client, std::string_view bytes, Time at, Findings& findings) override {
    if (flow.key.transport != Transport::tcp) return;
    HttpDialogue* dialogue = dialogues_.find(flow.key);
    if (dialogue == nullptr) {
      if (!from_client || !may_ask(bytes)) return;
      dialogue = &dialogues_.get(flow.key);
      if (const uint64_t evicted = dialogues_.take_evicted()) findings.lost(expose_elasticsearch_row.id, evicted);
    }
    dialogue->feed(from_client, bytes, [&](const HttpMessage& request, const HttpMessage& response) {
      hear(flow, request, response, at, findings);
    });
  }

  void on_leave(const FlowRecord& flow, Time, Findings&) override { dialogues_.erase(flow.key); }

 private:
  // Most of HTTP has nothing to do with this; what is too short to tell is followed.
  static bool may_ask(std::string_view bytes) { return bytes.size() < kShort || bytes.find("/_") != std::string::npos; }

  static void hear(const FlowRecord& flow, const HttpMessage& request, const HttpMessage& response, Time at,
                   Findings& findings) {
    if (response.status != kOk || !request.header("authorization").empty()) return;
    if (!asks_for_data(normal_path(request.target)) || !is_search_engine(response)) return;
    Finding finding = Findings::about(expose_elasticsearch_row, flow, at,
                                      fmt::format("{} {} was answered without credentials",
                                                  printable(request.method, 20), printable(request.target, 200)));
    finding.outcome = Finding::Outcome::answered;
    finding.from_outside_only = true;
    if (starts_programs(request)) {
      finding.severity = SeverityLevel::critical;
      finding.cves = {"CVE-2014-3120", "CVE-2015-1427"};
      finding.evidence += "; its script starts programs";
      finding.from_outside_only = false;
    }
    findings.tell(std::move(finding));
  }

  StateTable<FlowKey, HttpDialogue, KeyHash> dialogues_{kFlows};
};

}  // namespace

const DetectorRow expose_elasticsearch_row{
    "net.expose.elasticsearch", SeverityLevel::high, "T1190", "Elasticsearch without authentication", true, [] {
      return std::unique_ptr<Detector>(std::make_unique<ExposeElasticsearch>());
    }};

}  // namespace plimsoll::network
