#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/ip_address.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

// Single values of a response rule, with faults that say what to write.
namespace plimsoll::policy {

// "30s", "10m", "2h", "7d", or 0; `most` is the longest that is taken.
std::optional<std::chrono::seconds> duration_in(const YamlNode& node, std::string_view name, std::chrono::seconds least,
                                                std::chrono::seconds most, Faults& faults);
std::optional<bool> truth_in(const YamlNode& node, std::string_view name, Faults& faults);
// A text without control characters, of 1 to `most` bytes.
std::optional<std::string> text_in(const YamlNode& node, std::string_view name, size_t most, Faults& faults);
// One text, or a list of at most 100.
std::vector<std::string> texts_in(const YamlNode& node, std::string_view name, Faults& faults);
std::optional<IpNetwork> network_in(const YamlNode& node, std::string_view name, Faults& faults);
// "22:00" as minutes of the day.
std::optional<int> minute_in(const YamlNode& node, std::string_view name, Faults& faults);

// One of an enumeration's names.
template <class Enum>
std::optional<Enum> word_in(const YamlNode& node, std::string_view name, std::optional<Enum> (*parse)(std::string_view),
                            std::string_view choices, Faults& faults) {
  if (node.kind == YamlNode::Kind::scalar) {
    if (const std::optional<Enum> value = parse(node.text)) return value;
  }
  faults.add(node, std::string(name) + " must be one of: " + std::string(choices));
  return std::nullopt;
}

// One name, or a list of them.
template <class Enum>
std::vector<Enum> words_in(const YamlNode& node, std::string_view name, std::optional<Enum> (*parse)(std::string_view),
                           std::string_view choices, Faults& faults) {
  std::vector<Enum> out;
  if (node.kind != YamlNode::Kind::sequence) {
    if (const auto value = word_in(node, name, parse, choices, faults)) out.push_back(*value);
    return out;
  }
  for (const YamlNode* item : elements(node, name, faults)) {
    if (const auto value = word_in(*item, name, parse, choices, faults)) out.push_back(*value);
  }
  if (node.items.empty())
    faults.add(node, std::string(name) + " is an empty list; leave it out, or name one of: " + std::string(choices));
  return out;
}

}  // namespace plimsoll::policy
