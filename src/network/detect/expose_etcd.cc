// etcd gives its keys to whoever asks: over gRPC without TLS, or over the HTTP interfaces of versions 2 and 3.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "network/detect/findings.h"
#include "network/detect/h2_frames.h"
#include "network/detect/http_dialogue.h"
#include "network/detect/http_text.h"
#include "network/detect/keys.h"
#include "network/detect/rows.h"
#include "network/detect/state_table.h"

namespace plimsoll::network {
namespace {

constexpr size_t kFlows = 4096, kShort = 16, kStreamsMost = 256;
constexpr uint8_t kData = 0, kHeaders = 1;

// The beginnings of ":path" as HPACK writes them: plain, and by the code of RFC 7541 appendix B, whose whole bytes are
// the same whatever follows. The path stands like that in the first request of a connection.
struct PathMark {
  std::string_view plain, coded;
  bool in(std::string_view block) const {
    return block.find(plain) != std::string_view::npos || block.find(coded) != std::string_view::npos;
  }
};
constexpr PathMark kKeys{"/etcdserverpb.KV/", "\x60\xA9\x24\x88\x2D\x9D\xCB\x65\x71\xAF\x9B\x8B"};
constexpr PathMark kAuthenticate{
    "/etcdserverpb.Auth/Authenticate",
    "\x60\xA9\x24\x88\x2D\x9D\xCB\x65\x71\xAF\x0D\xA9\x9D\x88\x6D\x4C\xE5\xA9\x26\x20\xD2"};

struct Dialogue {
  HttpDialogue http;
  H2Frames client{true}, server{false};
  std::set<uint32_t> asked;  // streams that ask for keys
  std::string evidence = "keys were read or written over gRPC without authentication";
  bool silent = false;
};

class ExposeEtcd final : public Detector {
 public:
  void on_data(const FlowRecord& flow, bool from_client, std::string_view bytes, Time at, Findings& findings) override {
    if (flow.key.transport != Transport::tcp) return;
    Dialogue* dialogue = dialogues_.find(flow.key);
    if (dialogue == nullptr) {
      if (!from_client || !may_be_etcd(bytes)) return;
      dialogue = &dialogues_.get(flow.key);
      if (const uint64_t evicted = dialogues_.take_evicted()) findings.lost(expose_etcd_row.id, evicted);
    }
    if (dialogue->silent) return;
    hear_grpc(flow, *dialogue, from_client, bytes, at, findings);
    dialogue->http.feed(from_client, bytes, [&](const HttpMessage& request, const HttpMessage& response) {
      hear_http(flow, request, response, at, findings);
    });
  }

  void on_leave(const FlowRecord& flow, Time, Findings&) override { dialogues_.erase(flow.key); }

 private:
  static bool may_be_etcd(std::string_view bytes) {
    constexpr std::array<std::string_view, 3> begins = {"/v2/keys", "/v3/kv", "/v3beta/kv"};
    return bytes.size() < kShort || bytes.substr(0, 3) == "PRI" ||
           std::any_of(
               begins.begin(), begins.end(),
               [&](std::string_view path) { return bytes.find(path) != std::string_view::npos; });
  }

  static void hear_grpc(const FlowRecord& flow, Dialogue& dialogue, bool from_client, std::string_view bytes, Time at,
                        Findings& findings) {
    for (const H2Frame& frame : (from_client ? dialogue.client : dialogue.server).feed(bytes)) {
      if (from_client && frame.type == kHeaders) {
        if (kAuthenticate.in(frame.payload)) dialogue.silent = true;
        if (kKeys.in(frame.payload) && dialogue.asked.size() < kStreamsMost) dialogue.asked.insert(frame.stream);
      }
      if (from_client && frame.type == kData && dialogue.asked.count(frame.stream) != 0 &&
          frame.payload.find("/registry/secrets") != std::string::npos) {
        dialogue.evidence =
            "keys below /registry/secrets, the secrets of Kubernetes, were asked for without authentication";
      }
      // A refusal has no message, only trailers that say why.
      if (from_client || frame.type != kData || frame.length == 0 || dialogue.asked.count(frame.stream) == 0) continue;
      tell(flow, dialogue.evidence, at, findings);
      dialogue.silent = true;
      return;
    }
  }

  static void hear_http(const FlowRecord& flow, const HttpMessage& request, const HttpMessage& response, Time at,
                        Findings& findings) {
    const std::string path = normal_path(request.target);
    const bool keys =
        path.rfind("/v2/keys", 0) == 0 || path.rfind("/v3/kv/", 0) == 0 || path.rfind("/v3beta/kv/", 0) == 0;
    if (!keys || response.status / 100 != 2 || !request.header("authorization").empty()) return;
    tell(flow,
         fmt::format("{} {} was answered without credentials", printable(request.method, 20),
                     printable(request.target, 200)),
         at, findings);
  }

  static void tell(const FlowRecord& flow, std::string evidence, Time at, Findings& findings) {
    Finding finding = Findings::about(expose_etcd_row, flow, at, std::move(evidence));
    finding.outcome = Finding::Outcome::answered;
    finding.from_outside_only = true;
    findings.tell(std::move(finding));
  }

  StateTable<FlowKey, Dialogue, KeyHash> dialogues_{kFlows};
};

}  // namespace

const DetectorRow expose_etcd_row{
    "net.expose.etcd", SeverityLevel::critical, "T1552.007", "etcd without authentication", true, [] {
      return std::unique_ptr<Detector>(std::make_unique<ExposeEtcd>());
    }};

}  // namespace plimsoll::network
