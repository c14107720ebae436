#include "network/protocol/inquiry.h"

#include "base/text.h"
#include "network/protocol/fields.h"

namespace plimsoll::network {
namespace {

constexpr size_t longest_head = 16u << 10;
constexpr int most_packets = 200, most_for_ndpi = 20;

uint64_t recognisers_of(Transport transport) {
  uint64_t out = 0;
  const auto table = recognisers();
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i].transport == transport) out |= uint64_t{1} << i;
  }
  return out;
}

}  // namespace

Inquiry::Inquiry(Transport transport) : transport_(transport), alive_(recognisers_of(transport)) {}

void Inquiry::hear(bool from_client, std::string_view bytes, StreamBudget& budget) {
  if (done_) return;
  std::string& head = from_client ? client_ : server_;
  if (transport_ == Transport::udp && !head.empty()) return;  // the first datagram only
  bytes = bytes.substr(0, longest_head - head.size());
  if (budget.used + bytes.size() > budget.limit) {
    ++budget.lost;
    starved_ = news_ = true;
    return;
  }
  budget.used += bytes.size();
  head += bytes;
  news_ = true;
}

void Inquiry::see(Ndpi& ndpi, Bytes ip, Time at) {
  if (done_ || named_) return;
  ++packets_;
  if (!deep_.empty() || packets_ > most_for_ndpi) return;
  deep_ = ndpi.look(session_, ip, at);
  news_ = news_ || !deep_.empty();
}

// What follows a PROXY protocol header (haproxy's proxy-protocol.txt), which load balancers put before the client's
// bytes; nothing while the header is not whole.
std::string_view Inquiry::inner(std::string_view client) const {
  constexpr std::string_view first_version("PROXY "), second_version("\r\n\r\n\0\r\nQUIT\n", 12);
  constexpr size_t longest_line = 107;
  if (!client.empty() && agrees(client, first_version)) {
    const size_t end = client.find("\r\n");
    if (end != std::string_view::npos) return client.substr(end + 2);
    return client.size() < longest_line ? std::string_view{} : client;
  }
  if (client.empty() || !agrees(client, second_version)) return client;
  const auto length = be(client, 14, 2);
  return length && client.size() >= 16 + *length ? client.substr(16 + *length) : std::string_view{};
}

bool Inquiry::given_up() const {
  return starved_ || packets_ >= most_packets || (packets_ >= most_for_ndpi && alive_ == 0);
}

bool Inquiry::settle(FlowRecord& record, const Identity& identity) {
  record.application = identity.application;
  record.application_version = printable(identity.version, 32);
  if (!identity.server_name.empty()) record.server_name = printable(identity.server_name, 255);
  record.software = printable(identity.software, 64);
  record.software_version = printable(identity.software_version, 64);
  const bool first = !named_;
  named_ = true;
  return first;
}

bool Inquiry::decide(FlowRecord& record, bool last) {
  const Heads heads{inner(client_), server_, record.key.server.port};
  const auto table = recognisers();
  last = last || given_up() || client_.size() >= longest_head || server_.size() >= longest_head;
  Identity likely;
  bool is_likely = false;
  for (size_t i = 0; i < table.size(); ++i) {
    const uint64_t bit = uint64_t{1} << i;
    if ((alive_ & bit) == 0 || (sure_ != 0 && sure_ != bit)) continue;
    Identity identity;
    switch (table[i].look(heads, identity)) {
      case Verdict::no:
        alive_ &= ~bit;
        break;
      case Verdict::more:
        break;
      case Verdict::likely:
        if (!is_likely) likely = std::move(identity);
        is_likely = true;
        fitted_ |= bit;
        break;
      case Verdict::sure:
        sure_ = bit;
        done_ = last || !identity.awaits_details;
        return settle(record, identity);
    }
  }
  if (named_) {
    done_ = last;
    return false;
  }
  if (is_likely) {
    done_ = last;
    return last && settle(record, likely);
  }
  // nDPI may go by one side only: it is heard when the other side spoke too, or when none of ours is left; never while
  // one of ours waits for the rest of an answer.
  const bool both = !client_.empty() && !server_.empty() && (alive_ & fitted_) == 0;
  if (!deep_.empty() && (last || both || alive_ == 0)) {
    done_ = true;
    Identity identity;
    identity.application = deep_;
    return settle(record, identity);
  }
  done_ = last;
  return false;
}

bool Inquiry::conclude(FlowRecord& record) {
  if (done_ || (!news_ && !given_up())) return false;
  news_ = false;
  return decide(record, false);
}

bool Inquiry::conclude_last(FlowRecord& record) { return !done_ && decide(record, true); }

void Inquiry::close(StreamBudget& budget) {
  budget.used -= client_.size() + server_.size();
  client_.clear();
  server_.clear();
  done_ = true;
}

}  // namespace plimsoll::network
