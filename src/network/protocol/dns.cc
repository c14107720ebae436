#include "network/protocol/dns.h"

#include "base/bytes.h"
#include "base/text.h"
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

constexpr size_t longest_name = 255, most_answers = 64;
constexpr uint16_t type_a = 1, type_txt = 16, type_aaaa = 28, class_in = 1, class_chaos = 3;

// The name at the reader's place, which moves behind it.
std::optional<std::string> read_name(std::string_view message, ByteReader& reader) {
  std::string out;
  ByteReader at = reader;
  size_t bound = reader.position();  // pointers point before this
  bool jumped = false;
  for (;;) {
    const auto length = at.u8();
    if (!length) return std::nullopt;
    if ((*length & 0xc0) == 0xc0) {
      const auto low = at.u8();
      if (!low) return std::nullopt;
      const size_t target = size_t{*length & 0x3fu} << 8 | *low;
      if (target >= bound) return std::nullopt;
      if (!jumped) reader.seek(at.position());
      jumped = true;
      bound = target;
      at = ByteReader(message);
      at.seek(target);
      continue;
    }
    if ((*length & 0xc0) != 0) return std::nullopt;
    if (*length == 0) break;
    const auto label = at.take(*length);
    if (!label || out.size() + label->size() + 1 > longest_name) return std::nullopt;
    if (!out.empty()) out += '.';
    out += *label;
  }
  if (!jumped) reader.seek(at.position());
  return out;
}

bool read_answer(std::string_view message, ByteReader& reader, DnsAnswer& answer) {
  if (!read_name(message, reader)) return false;
  const auto type = reader.u16be(), klass = reader.u16be();
  if (!type || !klass || !reader.skip(4)) return false;
  const auto length = reader.u16be();
  if (!length) return false;
  const auto data = reader.take(*length);
  if (!data) return false;
  answer.type = *type;
  const auto* raw = reinterpret_cast<const uint8_t*>(data->data());
  if (*type == type_a && *klass == class_in && data->size() == 4) answer.address = address_of_v4(raw);
  if (*type == type_aaaa && *klass == class_in && data->size() == 16) answer.address = address_of_v6(raw);
  if (*type == type_txt && !data->empty()) answer.text = data->substr(1, u8(*data, 0));
  return true;
}

// "version.bind" in class CHAOS is the only thing that tells a name server's version, and only to who asks.
void read_version(const DnsMessage& answer, Identity& identity) {
  if (answer.questions.empty() || answer.questions[0].klass != class_chaos ||
      lower(answer.questions[0].name) != "version.bind" || answer.answers.empty())
    return;
  const std::string& text = answer.answers[0].text;
  if (text.empty()) return;
  const bool bare = text[0] >= '0' && text[0] <= '9';  // BIND tells the number only; others put their name before it
  const size_t mark = bare ? std::string::npos : text.find_first_of(" -/");
  identity.software = bare ? "BIND" : text.substr(0, mark);
  const std::string version = bare ? text : mark == std::string::npos ? "" : text.substr(mark + 1);
  identity.software_version = version.substr(0, version.find_first_of(" ,"));
}

bool is_query(const DnsMessage& message) {
  return !message.response && message.questions.size() == 1 && message.operation <= 5 && message.code == 0;
}

}  // namespace

std::optional<DnsMessage> parse_dns(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto id = reader.u16be(), flags = reader.u16be(), questions = reader.u16be(), answers = reader.u16be();
  const auto authorities = reader.u16be(), additional = reader.u16be();
  if (!additional || *questions > 16 || *authorities > 512 || *additional > 512) return std::nullopt;
  DnsMessage out;
  out.id = *id;
  out.response = (*flags & 0x8000) != 0;
  out.operation = *flags >> 11 & 0x0f;
  out.truncated = (*flags & 0x0200) != 0;
  out.code = *flags & 0x0f;
  if ((*flags & 0x0040) != 0) return std::nullopt;  // must be zero
  for (int i = 0; i < *questions; ++i) {
    auto name = read_name(bytes, reader);
    const auto type = reader.u16be(), klass = reader.u16be();
    if (!name || !klass) return std::nullopt;
    out.questions.push_back({std::move(*name), *type, *klass});
  }
  for (size_t i = 0; i < std::min<size_t>(*answers, most_answers); ++i) {
    DnsAnswer answer;
    if (!read_answer(bytes, reader, answer)) break;
    out.answers.push_back(std::move(answer));
  }
  return out;
}

Verdict look_dns_udp(const Heads& heads, Identity& identity) {
  // The same format with other meanings: NetBIOS names, mDNS, LLMNR. Those are told by nDPI.
  if (heads.server_port == 137 || heads.server_port == 5353 || heads.server_port == 5355) return Verdict::no;
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  const auto query = parse_dns(heads.client);
  if (!query || !is_query(*query)) return Verdict::no;
  const uint16_t klass = query->questions[0].klass;
  if (klass != class_in && klass != class_chaos && klass != 255) return Verdict::no;
  identity.application = "DNS";
  if (heads.server.empty()) return heads.server_port == 53 ? Verdict::likely : Verdict::more;
  const auto answer = parse_dns(heads.server);
  if (!answer || !answer->response || answer->id != query->id) return Verdict::no;
  read_version(*answer, identity);
  return Verdict::sure;
}

Verdict look_dns_tcp(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  const auto length = be(heads.client, 0, 2);
  if (!length || heads.client.size() < 14) return Verdict::more;
  if (*length < 17 || *length > 1024) return Verdict::no;
  if (heads.client.size() < 2 + *length) return Verdict::more;
  Heads inner = heads;
  inner.client = heads.client.substr(2, *length);
  const auto answer_length = be(heads.server, 0, 2);
  inner.server = {};
  if (answer_length && heads.server.size() >= 2 + *answer_length) inner.server = heads.server.substr(2, *answer_length);
  return look_dns_udp(inner, identity);
}

}  // namespace plimsoll::network
