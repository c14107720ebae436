#include "policy/origin.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace plimsoll::policy {
namespace {

constexpr size_t longest_value = 300;

void write_flow(const YamlNode& node, std::string& out) {
  if (out.size() > longest_value) return;
  const bool map = node.kind == YamlNode::Kind::map;
  if (!map && node.kind != YamlNode::Kind::sequence) {
    out += node.kind == YamlNode::Kind::null ? "null" : node.text.empty() ? "\"\"" : node.text;
    return;
  }
  out += map ? '{' : '[';
  for (size_t i = 0; i < node.items.size(); ++i) {
    if (i > 0) out += ", ";
    if (map && i < node.keys.size()) out += node.keys[i].text + ": ";
    write_flow(node.items[i], out);
  }
  out += map ? '}' : ']';
}

void take(const YamlNode& node, const std::string& path, const std::string& file, std::vector<Origin>& out) {
  if (node.kind == YamlNode::Kind::map) {
    for (size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i)
      take(node.items[i], path + "." + printable(node.keys[i].text, 80), file, out);
    return;
  }
  std::string value;
  write_flow(node, value);
  out.push_back({path, printable(value, longest_value), file, node.line});
}

std::optional<double> number_of(std::string_view text) {
  double out = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || failed != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

std::vector<Origin> origins_of(const YamlNode& node, const std::string& file, std::span<const std::string_view> but) {
  std::vector<Origin> out;
  if (node.kind != YamlNode::Kind::map) return out;
  for (size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
    const std::string& key = node.keys[i].text;
    if (std::find(but.begin(), but.end(), key) == but.end()) take(node.items[i], printable(key, 80), file, out);
  }
  return out;
}

bool same_value(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto x = number_of(a), y = number_of(b);
  return x && y && *x == *y;
}

}  // namespace plimsoll::policy
