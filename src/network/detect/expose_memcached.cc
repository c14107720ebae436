// Memcached answers whoever asks: text protocol over TCP and UDP, and the binary one where no SASL stands before it.
// https://github.com/memcached/memcached/blob/master/doc/protocol.txt
#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/text.h"
#include "network/detect/findings.h"
#include "network/detect/keys.h"
#include "network/detect/rows.h"
#include "network/detect/state_table.h"

namespace plimsoll::network {
namespace {

constexpr size_t kFlows = 4096, kUdpHead = 8, kBinaryHead = 24;
constexpr uint8_t kBinaryRequest = 0x80, kBinaryResponse = 0x81, kGet = 0x00, kStat = 0x10;

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

// "version" is what health checks ask: it tells nothing.
bool asks_for_data(std::string_view text) {
  if (text.size() >= kBinaryHead && static_cast<uint8_t>(text[0]) == kBinaryRequest) {
    const uint8_t operation = static_cast<uint8_t>(text[1]);
    return operation == kGet || operation == kStat;
  }
  constexpr std::array<std::string_view, 6> commands = {"stats\r\n", "stats ", "get ", "gets ", "mg ", "lru_crawler "};
  return std::any_of(commands.begin(), commands.end(), [&](std::string_view command) { return begins(text, command); });
}

bool is_data(std::string_view text) {
  if (text.size() >= kBinaryHead && static_cast<uint8_t>(text[0]) == kBinaryResponse) {
    ByteReader head(text.substr(6));
    const auto status = head.u16be();
    return status == uint16_t{0} || status == uint16_t{1};  // found, or no such key: not "authentication needed"
  }
  constexpr std::array<std::string_view, 4> answers = {"STAT ", "VALUE ", "END\r\n", "EN\r\n"};
  return std::any_of(answers.begin(), answers.end(), [&](std::string_view answer) { return begins(text, answer); });
}

class ExposeMemcached final : public Detector {
 public:
  void on_data(const FlowRecord& flow, bool from_client, std::string_view bytes, Time at, Findings& findings) override {
    if (flow.key.transport == Transport::udp) {
      if (bytes.size() < kUdpHead) return;
      bytes.remove_prefix(kUdpHead);
    }
    if (from_client) {
      // Who was connected before anybody looked may have named himself then.
      if (!asks_for_data(bytes) || (flow.key.transport == Transport::tcp && !flow.opener_seen)) return;
      asked_.get(flow.key) = true;
      if (const uint64_t evicted = asked_.take_evicted()) findings.lost(expose_memcached_row.id, evicted);
      return;
    }
    const bool* asked = asked_.find(flow.key);
    if (asked == nullptr || !is_data(bytes)) return;
    asked_.erase(flow.key);
    Finding finding = Findings::about(expose_memcached_row, flow, at,
                                      "it answered a question for data or statistics without authentication");
    finding.outcome = Finding::Outcome::answered;
    finding.from_outside_only = true;
    findings.tell(std::move(finding));
  }

  void on_leave(const FlowRecord& flow, Time, Findings&) override { asked_.erase(flow.key); }

 private:
  StateTable<FlowKey, bool, KeyHash> asked_{kFlows};
};

}  // namespace

const DetectorRow expose_memcached_row{
    "net.expose.memcached", SeverityLevel::medium, "T1190", "Memcached without authentication", true, [] {
      return std::unique_ptr<Detector>(std::make_unique<ExposeMemcached>());
    }};

}  // namespace plimsoll::network
