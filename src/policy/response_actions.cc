#include "policy/response_actions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/names.h"
#include "policy/number.h"
#include "policy/response_values.h"

namespace plimsoll::policy {
namespace {

using std::chrono::seconds;

constexpr size_t most_actions = 20;
constexpr std::string_view choices =
    "alert, mark, scan, capture, snapshot, cut-wan, quarantine, block, pause, stop, kill, restart, disconnect";

void read_quarantine(const YamlNode& node, ResponseAction& action, Faults& faults) {
  const MapReader map(node, {"allow"}, "quarantine", faults);
  const YamlNode* allow = map.find("allow");
  if (allow == nullptr) return;
  for (const YamlNode* item : elements(*allow, "quarantine.allow", faults)) {
    if (const auto network = network_in(*item, "quarantine.allow", faults)) action.allow.push_back(*network);
  }
}

void read_block(const YamlNode& node, ResponseAction& action, Faults& faults) {
  const MapReader map(node, {"peer", "port", "transport"}, "block", faults);
  if (const YamlNode* v = map.find("peer")) action.peer = network_in(*v, "block.peer", faults);
  if (const YamlNode* v = map.find("port")) {
    if (const auto port = number_in(*v, "block.port", 1, 65535, true, faults))
      action.port = static_cast<uint16_t>(*port);
  }
  if (const YamlNode* v = map.find("transport")) {
    action.transport = word_in<Transport>(*v, "block.transport", parse_transport, "tcp, udp", faults);
    if (map.find("port") == nullptr) faults.add(*v, "block.transport needs block.port");
  }
  if (map.find("peer") == nullptr && map.find("port") == nullptr)
    faults.add(node, "block needs a peer or a port, as in block: {peer: 10.1.2.3, port: 22}");
}

void read_capture(const YamlNode& node, ResponseAction& action, Faults& faults) {
  const MapReader map(node, {"for", "megabytes"}, "capture", faults);
  if (const YamlNode* v = map.find("for")) {
    if (const auto lasts = duration_in(*v, "capture.for", seconds{1}, seconds{3600}, faults)) action.lasts = *lasts;
  }
  if (const YamlNode* v = map.find("megabytes")) {
    if (const auto most = number_in(*v, "capture.megabytes", 1, 1024, true, faults))
      action.most_bytes = static_cast<uint64_t>(*most) << 20;
  }
}

void read_settings(const YamlNode& node, ResponseAction& action, Faults& faults) {
  switch (action.kind) {
    case ActionKind::quarantine:
      return read_quarantine(node, action, faults);
    case ActionKind::block:
      return read_block(node, action, faults);
    case ActionKind::capture:
      return read_capture(node, action, faults);
    case ActionKind::alert: {
      const MapReader map(node, {"to"}, "alert", faults);
      if (const YamlNode* v = map.find("to")) action.receivers = texts_in(*v, "alert.to", faults);
      return;
    }
    case ActionKind::disconnect: {
      const MapReader map(node, {"network"}, "disconnect", faults);
      if (const YamlNode* v = map.find("network"))
        action.network = text_in(*v, "disconnect.network", 200, faults).value_or("");
      return;
    }
    default:
      faults.add(node, fmt::format("{} has no settings; write it as a word", name_of(action.kind)));
  }
}

void read_action(const YamlNode& node, std::vector<ResponseAction>& out, Faults& faults) {
  const bool has_settings = node.kind == YamlNode::Kind::map && node.keys.size() == 1;
  const YamlNode& word = has_settings ? node.keys[0] : node;
  ResponseAction action;
  const auto kind = word_in<ActionKind>(word, "an action", parse_action_kind, choices, faults);
  if (!kind) return;
  action.kind = *kind;
  if (has_settings && node.items[0].kind != YamlNode::Kind::null) read_settings(node.items[0], action, faults);
  if (!has_settings && action.kind == ActionKind::block)
    faults.add(node, "block needs a peer or a port, as in block: {peer: 10.1.2.3, port: 22}");
  out.push_back(std::move(action));
}

}  // namespace

std::vector<ResponseAction> read_actions(const YamlNode& node, Faults& faults) {
  std::vector<ResponseAction> out;
  const std::vector<const YamlNode*> items = elements(node, "do", faults);
  if (items.size() > most_actions) {
    faults.add(node, fmt::format("more than {} actions in one rule", most_actions));
    return out;
  }
  for (const YamlNode* item : items) read_action(*item, out, faults);
  if (node.kind == YamlNode::Kind::sequence && items.empty())
    faults.add(node, "do is empty; name an action: " + std::string(choices));
  return out;
}

}  // namespace plimsoll::policy
