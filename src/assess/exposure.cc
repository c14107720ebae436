#include "assess/exposure.h"

#include <fmt/format.h>

#include "base/text.h"
#include "model/names.h"

namespace plimsoll::assess {
namespace {

std::string said(const Flow& flow, const FlowEnd& peer, const char* verb) {
  const std::string who = peer.address.empty() ? " anywhere" : " " + printable(peer.address, 64);
  return fmt::format("{} {}{}, {} port {}", flow.seen ? "connections seen" : "connections possible", verb, who,
                     name_of(flow.transport), flow.to.port);
}

// Of several flows the first in the order of their text is told, whatever order they came in.
void note(std::string& evidence, std::string text, bool better = false) {
  if (evidence.empty() || better || text < evidence) evidence = std::move(text);
}

void add_incoming(Exposure& out, const Flow& flow) {
  if (flow.from.wan) {
    // What was seen is better evidence than what is only possible.
    if (flow.seen || !out.wan_seen) note(out.wan_evidence, said(flow, flow.from, "from"), flow.seen && !out.wan_seen);
    if (!flow.seen) note(out.possible_evidence, said(flow, flow.from, "from"));
    (flow.seen ? out.wan_seen : out.wan_possible) = true;
  } else {
    note(out.assets_evidence, said(flow, flow.from, "from"));
    out.from_assets = true;
  }
}

void add_published(Exposure& out, const ContainerFacts& facts) {
  if (facts.published.known()) {
    for (const PublishedPort& port : *facts.published.value) {
      if (!port.outside) continue;
      const std::string published = fmt::format("port {} is published to the outside on {}:{}", port.container_port,
                                                printable(port.host_address, 64), port.host_port);
      if (!out.takes_wan()) out.wan_evidence = published;
      note(out.possible_evidence, published);
      out.wan_possible = true;
    }
  }
  if (!facts.listeners.known() || !facts.published.known()) out.unknown = true;
}

}  // namespace

Exposure exposure_of(const AssetReport& asset, const std::vector<const Flow*>& flows) {
  Exposure out;
  const AssetId& id = asset.asset.id;
  for (const Flow* each : flows) {
    const Flow& flow = *each;
    if (id.empty() || flow.from.asset == flow.to.asset) continue;
    if (flow.to.asset == id) add_incoming(out, flow);
    if (flow.from.asset == id && flow.to.wan) {
      // What was seen is better evidence than what is only possible.
      note(out.reaches_evidence, said(flow, flow.to, "to"), flow.seen && !out.reaches_seen);
      out.reaches_wan = true;
      out.reaches_seen = out.reaches_seen || flow.seen;
    }
  }
  if (asset.container) add_published(out, *asset.container);
  if (asset.host && !asset.host->listeners.known()) out.unknown = true;
  const bool route_out = (asset.container && asset.container->reaches_outside.is(true)) ||
                         (asset.host && asset.host->reaches_outside.is(true));
  if (route_out) {
    if (!out.reaches_wan) out.reaches_evidence = "its network has a route to the outside";
    out.reaches_wan = true;
  }
  return out;
}

WanFacts Exposure::facts() const {
  WanFacts out;
  if (reaches_wan) out.reaches_out = {true, reaches_seen, reaches_evidence};
  if (wan_seen) out.takes_connections = {true, true, wan_evidence};
  if (wan_possible) out.can_take_connections = {true, false, possible_evidence};
  return out;
}

}  // namespace plimsoll::assess
