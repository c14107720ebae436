#include "server/inside_networks.h"

#include "base/text.h"
#include "server/request_text.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

const std::string setting = "networks";

// A network whose address has bits beyond its length was meant otherwise: "10.1.2.3/8".
bool is_clean(const IpNetwork& network) {
  for (size_t bit = static_cast<size_t>(network.bits); bit < 128; ++bit) {
    if ((network.address.bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) return false;
  }
  return true;
}

std::vector<std::string> texts_of(const std::vector<IpNetwork>& networks) {
  std::vector<std::string> out;
  for (const IpNetwork& network : networks) out.push_back(to_text(network));
  return out;
}

}  // namespace

std::string to_text(const IpNetwork& network) {
  constexpr int mapped = 96;  // of the bits of an IPv4 address in its IPv6 form
  const bool v4 = network.address.v4() && network.bits >= mapped;
  return plimsoll::to_text(network.address) + "/" + std::to_string(v4 ? network.bits - mapped : network.bits);
}

Result<std::vector<IpNetwork>> parse_networks(const std::vector<std::string>& texts) {
  std::vector<IpNetwork> out;
  for (const std::string& text : texts) {
    const auto network = parse_prefix(text);
    if (!network || text.find('/') == std::string::npos)
      return Error{ErrorKind::malformed, "'" + printable(text, 60) + "' is no network such as 10.0.0.0/8 or fd00::/8"};
    if (!is_clean(*network))
      return Error{ErrorKind::malformed,
                   "'" + printable(text, 60) + "' has bits set beyond its length; write the network's first address"};
    out.push_back(*network);
  }
  return out;
}

Result<std::optional<InsideNetworks>> read_networks(const journal::Journal& journal) {
  const Result<std::string> text = journal.setting(setting);
  if (!text.ok() && text.error().kind == ErrorKind::not_found) return std::optional<InsideNetworks>();
  if (!text.ok()) return text.error();
  PLIMSOLL_TRY(body, parse_body(*text, {"inside", "outside", "changed_by", "changed_at"}));
  InsideNetworks out;
  PLIMSOLL_TRY(inside, parse_networks(body.lists["inside"]));
  PLIMSOLL_TRY(outside, parse_networks(body.lists["outside"]));
  out.networks.inside = std::move(inside);
  out.networks.outside = std::move(outside);
  out.changed_by = body.texts["changed_by"];
  out.changed_at = parse_rfc3339(body.texts["changed_at"]).value_or(Instant{});
  return std::optional(std::move(out));
}

Status write_networks(journal::Journal& journal, const InsideNetworks& networks) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("inside");
  wire::write_strings(out, texts_of(networks.networks.inside));
  out.key("outside");
  wire::write_strings(out, texts_of(networks.networks.outside));
  out.member("changed_by", networks.changed_by).member("changed_at", format_rfc3339(networks.changed_at)).end_object();
  return journal.put_setting(setting, std::move(out).take());
}

Status forget_networks(journal::Journal& journal) {
  const Status taken = journal.take_setting(setting);
  return !taken.ok() && taken.error().kind == ErrorKind::not_found ? Status(Done{}) : taken;
}

}  // namespace plimsoll::server
