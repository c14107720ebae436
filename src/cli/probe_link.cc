#include "cli/probe_link.h"

#include <utility>
#include <vector>

#include "base/sha256.h"
#include "wire/recording.h"

namespace plimsoll::cli {
namespace {

Report without_assets(const Report& gathered) {
  Report out;
  out.generated_at = gathered.generated_at;
  out.tool_version = gathered.tool_version;
  out.flows = gathered.flows;
  out.network = gathered.network;
  out.incomplete = gathered.incomplete;
  out.sandbox = gathered.sandbox;
  return out;
}

// When it was looked at is no change.
std::string print_of(const AssetReport& asset) {
  Report one;
  one.assets = {asset};
  one.assets.front().scanned_at = {};
  return sha256_hex(wire::facts_to_json(one));
}

}  // namespace

bool Sender::send(const Report& gathered) {
  std::map<std::string, std::string> prints;
  std::vector<std::string> unchanged;
  Report changed = without_assets(gathered);
  for (const AssetReport& asset : gathered.assets) {
    const std::string& id = asset.asset.id.value;
    std::string print = print_of(asset);
    const auto before = prints_.find(id);
    if (before != prints_.end() && before->second == print && id.find('\n') == std::string::npos)
      unchanged.push_back(id);
    else
      changed.assets.push_back(asset);
    prints.emplace(id, std::move(print));
  }
  const bool first = prints_.empty();
  prints_ = std::move(prints);
  if (first) return probe_.say(server::Say::facts, wire::facts_to_json(gathered));
  return probe_.say(server::Say::changes, server::to_payload(unchanged, wire::facts_to_json(changed)));
}

}  // namespace plimsoll::cli
