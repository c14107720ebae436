// A JNDI look-up on its way to an application that may write it to a log with Log4j 2 (CVE-2021-44228).
//
// Requests of HTTP/1 are looked through as the application would read them; what any other TCP client says, as it is.
// When the target then asks the host that the look-up names, the attack has worked.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "network/detect/findings.h"
#include "network/detect/http_stream.h"
#include "network/detect/http_text.h"
#include "network/detect/keys.h"
#include "network/detect/log4j_lookups.h"
#include "network/detect/rows.h"
#include "network/detect/state_table.h"

namespace plimsoll::network {
namespace {

constexpr size_t kFlows = 4096, kPending = 4096, kPendingOfOne = 16, kTail = 512, kShown = 200;
constexpr auto kCallBackTime = std::chrono::seconds(60);

struct ClientText {
  HttpStream http{HttpStream::Side::requests};
  std::string tail;  // of what was said last: where it is no HTTP, a look-up may lie across two pieces
  bool is_http = false, log_store = false, told = false;
  FlowRecord flow;
};

// A host that a look-up named; the target may come to ask it.
struct Awaited {
  std::string host;
  std::optional<Address> address;  // when the host is one
  std::string query;               // its name as DNS messages carry it
  Finding finding;
};

struct AddressHash {
  size_t operator()(const Address& address) const { return hash_of(address); }
};

// Where logs and documents are sent, text about attacks is everyday business: the bulk interfaces of Elasticsearch and
// OpenSearch, and Loki's.
bool is_log_store(const HttpMessage& request) {
  const std::string path = normal_path(request.target);
  const auto ends = [&](std::string_view end) {
    return path.size() >= end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
  };
  return ends("/_bulk") || ends("/_doc") || path == "/loki/api/v1/push";
}

std::string as_dns_labels(std::string_view name) {
  std::string out;
  for (const std::string_view label : split(name, '.')) {
    if (label.empty() || label.size() > 63) return {};
    out.push_back(static_cast<char>(label.size()));
    out.append(label);
  }
  return out;
}

std::optional<JndiLookup> find_in(std::string_view text) {
  for (const std::string& reading : readings(text)) {
    if (auto found = find_jndi(reading)) return found;
  }
  return std::nullopt;
}

class Log4Shell final : public Detector {
 public:
  void on_data(const FlowRecord& flow, bool from_client, std::string_view bytes, Time at, Findings& findings) override {
    if (flow.key.transport == Transport::udp) {
      if (from_client && flow.key.server.port == 53) hear_query(flow, bytes, at, findings);
      return;
    }
    if (!from_client) return;
    ClientText& client = clients_.get(flow.key);
    if (const uint64_t evicted = clients_.take_evicted()) findings.lost(log4shell_row.id, evicted);
    client.flow.key = flow.key;
    client.http.feed(bytes, [&](const HttpMessage& request, bool) { look_into(client, request, false, at, findings); });
    client.tail.append(bytes);
    if (client.http.broken()) look_into_text(client, false, at, findings);
    client.tail.erase(0, client.tail.size() - std::min(client.tail.size(), kTail));
  }

  void on_flow(FlowEvent event, const FlowRecord& flow, Time at, Findings& findings) override {
    if (event != FlowEvent::opened) return;
    std::vector<Awaited>* waiting = awaited_.find(flow.key.client.address);
    if (waiting == nullptr) return;
    for (const Awaited& one : *waiting) {
      const bool same = one.address ? *one.address == flow.key.server.address
                                    : !flow.looked_up_as.empty() && lower(flow.looked_up_as) == one.host;
      if (same)
        confirm(one, fmt::format("then it connected to {} port {}", printable(one.host, kShown), flow.key.server.port),
                at, findings);
    }
  }

  void on_tick(Time now, Findings& findings) override {
    clients_.each([&](const FlowKey&, ClientText& client) {
      look_at_rest(client, now, findings);
      return true;
    });
    awaited_.each([&](const Address&, std::vector<Awaited>& waiting) {
      std::erase_if(waiting, [&](const Awaited& one) { return now - one.finding.last_seen > kCallBackTime; });
      return !waiting.empty();
    });
  }

  void on_leave(const FlowRecord& flow, Time at, Findings& findings) override {
    ClientText* client = clients_.find(flow.key);
    if (client == nullptr) return;
    look_at_rest(*client, at, findings);
    clients_.erase(flow.key);
  }

 private:
  // What came though it may not be all.
  void look_at_rest(ClientText& client, Time at, Findings& findings) {
    client.http.flush([&](const HttpMessage& request, bool) { look_into(client, request, true, at, findings); });
    if (!client.is_http) look_into_text(client, true, at, findings);
  }

  void look_into(ClientText& client, const HttpMessage& request, bool last, Time at, Findings& findings) {
    client.is_http = true;
    client.log_store = is_log_store(request);
    if (const auto found = find_in(request.target)) return tell(client, *found, "the request's target", at, findings);
    for (const auto& [name, value] : request.headers) {
      if (const auto found = find_in(value)) {
        return tell(client, *found, fmt::format("header {}", printable(name, 60)), at, findings);
      }
    }
    if (request.body.empty()) return;
    const Inflated body = decoded_body(request.body, request.header("content-encoding"));
    const auto found = find_in(in_utf8(body.text, request.header("content-type")));
    if (found && (found->closed || last || request.complete)) {
      tell(client, *found, "the request's body", at, findings);
    }
  }

  void look_into_text(ClientText& client, bool last, Time at, Findings& findings) {
    const auto found = find_jndi(client.tail);
    if (found && (found->closed || last)) tell(client, *found, "what the client said", at, findings);
  }

  void tell(ClientText& client, const JndiLookup& found, const std::string& where, Time at, Findings& findings) {
    if (client.told) return;
    client.told = true;
    Finding finding = Findings::about(
        log4shell_row, client.flow, at,
        fmt::format("{} holds a look-up that comes to ${{{}}}", where, printable(found.resolved, kShown)));
    finding.cves = {"CVE-2021-44228", "CVE-2021-45046", "CVE-2021-45105"};
    if (client.log_store) {
      finding.severity = SeverityLevel::low;
      finding.evidence += "; sent to a store of logs, where such text is expected";
    }
    findings.tell(finding);
    await_call_back(found, finding, findings);
  }

  void await_call_back(const JndiLookup& found, const Finding& finding, Findings& findings) {
    std::vector<Awaited>& waiting = awaited_.get(finding.target.address);
    if (const uint64_t evicted = awaited_.take_evicted()) findings.lost(log4shell_row.id, evicted);
    for (const std::string& host : found.hosts) {
      if (waiting.size() >= kPendingOfOne) waiting.erase(waiting.begin());
      waiting.push_back({host, parse_address(host), as_dns_labels(host), finding});
    }
  }

  void hear_query(const FlowRecord& flow, std::string_view bytes, Time at, Findings& findings) {
    std::vector<Awaited>* waiting = awaited_.find(flow.key.client.address);
    if (waiting == nullptr) return;
    const std::string query = lower(bytes);
    for (const Awaited& one : *waiting) {
      if (one.address || one.query.empty() || query.find(one.query) == std::string::npos) continue;
      confirm(one, "then it asked for the address of " + printable(one.host, kShown), at, findings);
    }
  }

  static void confirm(const Awaited& one, const std::string& what, Time at, Findings& findings) {
    if (at - one.finding.last_seen > kCallBackTime) return;
    Finding finding = one.finding;
    finding.outcome = Finding::Outcome::confirmed;
    finding.severity = SeverityLevel::critical;
    finding.evidence += "; " + what;
    finding.last_seen = at;
    findings.tell(std::move(finding));
  }

  StateTable<FlowKey, ClientText, KeyHash> clients_{kFlows};
  StateTable<Address, std::vector<Awaited>, AddressHash> awaited_{kPending};
};

}  // namespace

const DetectorRow log4shell_row{
    "net.http.log4shell", SeverityLevel::critical, "T1190", "Log4Shell: a JNDI look-up for Log4j 2", true, [] {
      return std::unique_ptr<Detector>(std::make_unique<Log4Shell>());
    }};

}  // namespace plimsoll::network
