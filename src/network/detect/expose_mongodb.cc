// MongoDB obeys a client that never authenticated itself. What drivers ask before they do tells nothing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>

#include "base/text.h"
#include "network/detect/findings.h"
#include "network/detect/keys.h"
#include "network/detect/mongo_wire.h"
#include "network/detect/rows.h"
#include "network/detect/state_table.h"

namespace plimsoll::network {
namespace {

constexpr size_t kFlows = 4096, kOpenMost = 64;

constexpr std::array<std::string_view, 10> kBeforeAuthentication = {
    "hello",     "isMaster", "ismaster",         "ping",        "buildInfo",
    "buildinfo", "getnonce", "connectionStatus", "endSessions", "logout"};
constexpr std::array<std::string_view, 3> kWorst = {"listDatabases", "dropDatabase", "drop"};

template <size_t N>
bool is_in(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool authenticates(std::string_view command) { return command.rfind("sasl", 0) == 0 || command == "authenticate"; }

struct Dialogue {
  MongoStream client, server;
  std::deque<MongoMessage> open;
  bool silent = false;
};

class ExposeMongodb final : public Detector {
 public:
  void on_data(const FlowRecord& flow, bool from_client, std::string_view bytes, Time at, Findings& findings) override {
    if (flow.key.transport != Transport::tcp) return;
    Dialogue* dialogue = dialogues_.find(flow.key);
    if (dialogue == nullptr) {
      // The fourth byte of a message is that of a length below 48 MiB, and the last of a small number.
      const bool whole_head = bytes.size() >= 16;
      // Who was connected before anybody looked may have named himself then.
      if (!flow.opener_seen) return;
      if (!from_client || (whole_head && (static_cast<uint8_t>(bytes[3]) > 2 || bytes[15] != '\0'))) return;
      dialogue = &dialogues_.get(flow.key);
      if (const uint64_t evicted = dialogues_.take_evicted()) findings.lost(expose_mongodb_row.id, evicted);
    }
    if (dialogue->silent) return;
    if (from_client) {
      for (MongoMessage& message : dialogue->client.feed(bytes)) {
        dialogue->open.push_back(std::move(message));
        if (dialogue->open.size() > kOpenMost) dialogue->open.pop_front();
      }
    } else {
      for (const MongoMessage& reply : dialogue->server.feed(bytes)) hear(flow, *dialogue, reply, at, findings);
    }
    if (dialogue->client.broken() || dialogue->server.broken()) dialogue->silent = true;
  }

  void on_leave(const FlowRecord& flow, Time, Findings&) override { dialogues_.erase(flow.key); }

 private:
  static void hear(const FlowRecord& flow, Dialogue& dialogue, const MongoMessage& reply, Time at, Findings& findings) {
    const auto asked = std::find_if(dialogue.open.begin(), dialogue.open.end(),
                                    [&](const MongoMessage& m) { return m.request == reply.answers; });
    if (asked == dialogue.open.end()) return;
    const std::string command = std::move(asked->command);
    dialogue.open.erase(asked);
    if (dialogue.silent || command.empty() || (!reply.ok && !reply.data)) return;
    if (authenticates(command)) dialogue.silent = true;
    if (dialogue.silent || is_in(kBeforeAuthentication, command)) return;
    Finding finding = Findings::about(
        expose_mongodb_row, flow, at,
        fmt::format("it obeyed {} of a client that never authenticated itself", printable(command, 64)));
    finding.outcome = Finding::Outcome::answered;
    finding.from_outside_only = true;
    if (is_in(kWorst, command)) finding.severity = SeverityLevel::critical;
    findings.tell(std::move(finding));
    if (finding.severity == SeverityLevel::critical) dialogue.silent = true;
  }

  StateTable<FlowKey, Dialogue, KeyHash> dialogues_{kFlows};
};

}  // namespace

const DetectorRow expose_mongodb_row{
    "net.expose.mongodb", SeverityLevel::high, "T1190", "MongoDB without authentication", true, [] {
      return std::unique_ptr<Detector>(std::make_unique<ExposeMongodb>());
    }};

}  // namespace plimsoll::network
