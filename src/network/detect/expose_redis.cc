// Redis hands out data to a client that never named itself. Commands that only look after the connection (PING,
// pub/sub, replication, Sentinel, cluster gossip) tell nothing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>

#include "base/text.h"
#include "network/detect/findings.h"
#include "network/detect/keys.h"
#include "network/detect/resp.h"
#include "network/detect/rows.h"
#include "network/detect/state_table.h"

namespace plimsoll::network {
namespace {

constexpr size_t kFlows = 4096, kOpenMost = 256;

constexpr std::array<std::string_view, 24> kDataCommands = {
    "GET",  "SET",  "MGET",     "MSET",   "DEL",  "INCR", "DECR",   "HGET", "HSET",   "HGETALL", "LPUSH",  "LRANGE",
    "SADD", "ZADD", "SMEMBERS", "ZRANGE", "KEYS", "SCAN", "DBSIZE", "INFO", "CONFIG", "EVAL",    "EXISTS", "FLUSHALL"};

struct Command {
  std::string name;
  bool data = false, names_itself = false;
};

struct Dialogue {
  RespCommands commands;
  RespReplies replies;
  std::deque<Command> open;
  bool silent = false;  // nothing more to learn: named itself, told already, or not followed
};

Command command_of(const std::vector<std::string>& words) {
  const bool hello_with_auth =
      words[0] == "HELLO" && std::any_of(words.begin(), words.end(), [](const auto& w) { return lower(w) == "auth"; });
  return {words[0], std::find(kDataCommands.begin(), kDataCommands.end(), words[0]) != kDataCommands.end(),
          words[0] == "AUTH" || hello_with_auth};
}

class ExposeRedis final : public Detector {
 public:
  void on_data(const FlowRecord& flow, bool from_client, std::string_view bytes, Time at, Findings& findings) override {
    if (flow.key.transport != Transport::tcp) return;
    if (from_client) {
      hear_commands(flow, bytes, findings);
    } else if (Dialogue* dialogue = dialogues_.find(flow.key); dialogue != nullptr && !dialogue->silent) {
      hear_replies(flow, *dialogue, bytes, at, findings);
    }
  }

  void on_leave(const FlowRecord& flow, Time, Findings&) override { dialogues_.erase(flow.key); }

 private:
  void hear_commands(const FlowRecord& flow, std::string_view bytes, Findings& findings) {
    Dialogue* known = dialogues_.find(flow.key);
    // Inline commands begin with a letter, others with "*": anything else at the beginning is another protocol.
    const char begin = bytes.empty() ? '\0' : bytes[0];
    const bool letter = (begin >= 'a' && begin <= 'z') || (begin >= 'A' && begin <= 'Z');
    if (known == nullptr && begin != '*' && !letter) return;
    // Who was connected before anybody looked may have named himself then.
    if (known == nullptr && !flow.opener_seen) return;
    Dialogue& dialogue = known != nullptr ? *known : dialogues_.get(flow.key);
    if (const uint64_t evicted = dialogues_.take_evicted()) findings.lost(expose_redis_row.id, evicted);
    if (dialogue.silent) return;
    for (const auto& words : dialogue.commands.feed(bytes)) dialogue.open.push_back(command_of(words));
    dialogue.silent = dialogue.commands.broken() || dialogue.open.size() > kOpenMost;
  }

  static void hear_replies(const FlowRecord& flow, Dialogue& dialogue, std::string_view bytes, Time at,
                           Findings& findings) {
    for (const std::string& reply : dialogue.replies.feed(bytes)) {
      if (dialogue.open.empty()) {
        dialogue.silent = true;
        return;
      }
      const Command command = std::move(dialogue.open.front());
      dialogue.open.pop_front();
      if (reply[0] == '-') continue;  // NOAUTH, DENIED, or an error that tells nothing
      if (command.names_itself) dialogue.silent = true;
      if (dialogue.silent) return;
      if (!command.data) continue;
      Finding finding = Findings::about(
          expose_redis_row, flow, at,
          fmt::format("it answered {} of a client that never authenticated itself", printable(command.name, 40)));
      finding.outcome = Finding::Outcome::answered;
      finding.from_outside_only = true;
      findings.tell(std::move(finding));
      dialogue.silent = true;
      return;
    }
    if (dialogue.replies.broken()) dialogue.silent = true;
  }

  StateTable<FlowKey, Dialogue, KeyHash> dialogues_{kFlows};
};

}  // namespace

const DetectorRow expose_redis_row{
    "net.expose.redis", SeverityLevel::high, "T1190", "Redis without authentication", true, [] {
      return std::unique_ptr<Detector>(std::make_unique<ExposeRedis>());
    }};

}  // namespace plimsoll::network
