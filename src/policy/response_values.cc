#include "policy/response_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace plimsoll::policy {
namespace {

constexpr size_t most_texts = 100, most_text = 512;

std::optional<uint64_t> unit_of(char letter) {
  switch (letter) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<std::chrono::seconds> duration_in(const YamlNode& node, std::string_view name, std::chrono::seconds least,
                                                std::chrono::seconds most, Faults& faults) {
  const std::string wanted =
      fmt::format("write a number and a unit, as in 90s, 10m, 2h or 7d, from {}s to {}s", least.count(), most.count());
  std::optional<uint64_t> number;
  if (node.kind == YamlNode::Kind::scalar && !node.text.empty() && node.text.size() <= 12) {
    const std::optional<uint64_t> unit = unit_of(node.text.back());
    number = unit ? parse_uint(std::string_view(node.text).substr(0, node.text.size() - 1)) : std::nullopt;
    if (node.text == "0") number = 0;
    if (number && *number > 0) *number = std::min<uint64_t>(*number, 1u << 30) * *unit;
  }
  if (!number) {
    faults.add(node, fmt::format("{} must be a length of time; {}", name, wanted));
    return std::nullopt;
  }
  const std::chrono::seconds out{*number};
  if (out >= least && out <= most) return out;
  faults.add(node, fmt::format("{} is {}, out of range; {}", name, printable(node.text, 20), wanted));
  return std::nullopt;
}

std::optional<bool> truth_in(const YamlNode& node, std::string_view name, Faults& faults) {
  if (node.kind == YamlNode::Kind::scalar && !node.quoted && (node.text == "true" || node.text == "false"))
    return node.text == "true";
  faults.add(node, fmt::format("{} must be true or false", name));
  return std::nullopt;
}

std::optional<std::string> text_in(const YamlNode& node, std::string_view name, size_t most, Faults& faults) {
  const bool plain = node.kind == YamlNode::Kind::scalar && !node.text.empty() && node.text.size() <= most &&
                     std::none_of(node.text.begin(), node.text.end(),
                                  [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (plain) return node.text;
  faults.add(node, fmt::format("{} must be a text of 1 to {} characters on one line", name, most));
  return std::nullopt;
}

std::vector<std::string> texts_in(const YamlNode& node, std::string_view name, Faults& faults) {
  std::vector<std::string> out;
  if (node.kind != YamlNode::Kind::sequence) {
    if (auto text = text_in(node, name, most_text, faults)) out.push_back(std::move(*text));
    return out;
  }
  for (const YamlNode* item : elements(node, name, faults)) {
    if (out.size() >= most_texts) {
      faults.add(*item, fmt::format("more than {} in {}; use `*` for what they share", most_texts, name));
      break;
    }
    if (auto text = text_in(*item, name, most_text, faults)) out.push_back(std::move(*text));
  }
  if (node.items.empty()) faults.add(node, fmt::format("{} is an empty list, which fits nothing; leave it out", name));
  return out;
}

std::optional<IpNetwork> network_in(const YamlNode& node, std::string_view name, Faults& faults) {
  const auto network = node.kind == YamlNode::Kind::scalar ? parse_prefix(node.text) : std::nullopt;
  if (!network) {
    faults.add(node, fmt::format("{} must be an address or a network, as in 10.1.2.3, 10.0.0.0/8 or fd00::/8", name));
    return std::nullopt;
  }
  // An address written with bits beyond its length is most likely another network than was meant.
  IpNetwork cut = *network;
  for (int bit = cut.bits; bit < 128; ++bit)
    cut.address.bytes[static_cast<size_t>(bit / 8)] &= static_cast<uint8_t>(~(0x80 >> (bit % 8)));
  if (cut == *network) return network;
  faults.add(node, fmt::format("{} has bits set beyond its length; write {}", printable(node.text, 60),
                               to_text(cut.address) + node.text.substr(node.text.find('/'))));
  return std::nullopt;
}

std::optional<int> minute_in(const YamlNode& node, std::string_view name, Faults& faults) {
  const std::string& text = node.text;
  const size_t colon = text.find(':');
  if (node.kind == YamlNode::Kind::scalar && colon != std::string::npos && text.size() <= 5) {
    const auto hour = parse_uint(std::string_view(text).substr(0, colon));
    const auto minute = parse_uint(std::string_view(text).substr(colon + 1));
    if (hour && minute && *minute < 60 && (*hour < 24 || (*hour == 24 && *minute == 0)))
      return static_cast<int>(*hour * 60 + *minute);
  }
  faults.add(node, fmt::format("{} must be a time of day (UTC) in quotes, as in \"22:00\"", name));
  return std::nullopt;
}

}  // namespace plimsoll::policy
