#include "journal/asset_details.h"

#include <algorithm>
#include <set>

#include "model/names.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::journal {
namespace {

using wire::JsonWriter;

std::string_view word_of(const Fact<bool>& fact) { return !fact.value ? "unknown" : *fact.value ? "yes" : "no"; }

std::string_view word_of(const WanFact& fact, const WanFact* possible) {
  if (fact.holds && fact.seen) return "yes";
  return fact.holds || (possible != nullptr && possible->holds) ? "possible" : "no";
}

// A socket that is there and of which it is not known whether it can be used counts as possible.
std::string_view socket_word(const ContainerFacts& facts) {
  if (!facts.runtime_sockets.value) return "unknown";
  std::string_view word = "no";
  for (const RuntimeSocketFacts& socket : *facts.runtime_sockets.value) {
    if (socket.usable.is(true)) return "yes";
    if (!socket.usable.is(false)) word = "possible";
  }
  return word;
}

std::string_view escape_word(const std::vector<RouteFinding>& routes) {
  std::string_view word = "no";
  for (const RouteFinding& route : routes) {
    if (route.leads != Leads::host || hangs_on_unknowable(route)) continue;
    if (route.assessed && route.certainty == Certainty::sure) return "yes";
    word = "possible";
  }
  return word;
}

void write_exposure(JsonWriter& out, const AssetReport& asset) {
  const WanFacts& wan = asset.assessment.wan;
  out.key("exposure").begin_object();
  out.member("wan_in", word_of(wan.takes_connections, &wan.can_take_connections));
  out.member("wan_out", word_of(wan.reaches_out, nullptr));
  if (asset.container) {
    const ContainerFacts& facts = *asset.container;
    const auto net = facts.host_namespace.find("net");
    out.member("privileged", word_of(facts.privileged)).member("runtime_socket", socket_word(facts));
    out.member("host_network", net == facts.host_namespace.end() ? "unknown" : word_of(net->second));
    out.member("escape", escape_word(asset.assessment.routes));
  }
  out.end_object();
}

void write_checks(JsonWriter& out, const std::vector<CheckResult>& checks) {
  const OutcomeCounts counts = count_outcomes(checks);
  const auto of = [&](CheckOutcome outcome) { return counts[static_cast<size_t>(outcome)]; };
  out.key("checks").begin_object().member("pass", of(CheckOutcome::pass)).member("fail", of(CheckOutcome::fail));
  out.member("not_applicable", of(CheckOutcome::not_applicable)).member("manual", of(CheckOutcome::manual));
  out.member("unknown", of(CheckOutcome::unknown)).end_object();
  const size_t judged = of(CheckOutcome::pass) + of(CheckOutcome::fail) + of(CheckOutcome::unknown);
  out.key("pass_rate");
  if (judged == 0)
    out.null();
  else
    out.value(static_cast<double>(of(CheckOutcome::pass)) / static_cast<double>(judged));
}

void write_host(JsonWriter& out, const HostFacts& facts) {
  const HardwareFacts& hardware = facts.hardware;
  out.member("kernel", facts.kernel_release).member("architecture", hardware.architecture);
  out.member("hardware", hardware.cloud.empty()
                             ? hardware.vendor + (hardware.vendor.empty() ? "" : " ") + hardware.product
                             : hardware.cloud);
  out.member("cpu_model", hardware.cpu_model).member("cpus", hardware.cpus);
  out.member("memory_bytes", hardware.memory_bytes).key("boot_time");
  wire::write_instant(out, facts.boot_time);
  out.key("runtimes");
  wire::write_array(out, facts.runtimes, [](JsonWriter& w, const RuntimeFacts& runtime) {
    w.begin_object().member("name", runtime.name).member("version", runtime.version);
    w.member("api_version", runtime.api_version).key("component_versions").begin_object();
    for (const auto& [name, version] : runtime.component_versions) w.member(name, version);
    w.end_object().end_object();
  });
}

// By name, each once; null where they are not known.
void write_networks(JsonWriter& out, const Fact<std::vector<NetworkAttachment>>& networks) {
  out.key("networks");
  if (!networks.value) {
    out.null();
    return;
  }
  std::set<std::string_view> names;
  for (const NetworkAttachment& network : *networks.value) names.insert(network.name);
  out.begin_array();
  for (const std::string_view name : names) out.value(name);
  out.end_array();
}

void write_image(JsonWriter& out, const AssetReport& asset) {
  const FactTree& image = asset.settings.at("image");
  const auto number = [&](const char* name) {
    const FactTree& value = image.at(name);
    out.key(name);
    if (value.kind == FactTree::Kind::integer)
      out.value(value.integer);
    else
      out.null();
  };
  out.key("image").begin_object();
  number("size");
  number("created");
  const FactTree& history = image.at("history");
  out.key("layers");
  if (history.kind == FactTree::Kind::list)
    out.value(std::count_if(history.items.begin(), history.items.end(),
                            [](const FactTree& step) { return step.at("size").integer > 0; }));
  else
    out.null();
  out.member("base", asset.os ? asset.os->pretty_name : "").end_object();
}

}  // namespace

std::string asset_details(const AssetReport& asset) {
  JsonWriter out(JsonWriter::Layout::one_line);
  out.begin_object();
  write_exposure(out, asset);
  out.member("known_exploited", std::count_if(asset.threats.begin(), asset.threats.end(),
                                              [](const Threat& t) { return t.known_exploited; }));
  out.member("excepted", asset.excepted.size()).member("packages", asset.packages.size());
  write_checks(out, asset.checks);
  out.key("if_fixed");
  if (const auto& fixed = asset.assessment.if_fixed)
    out.begin_object().member("score", fixed->score).member("level", name_of(fixed->level)).end_object();
  else
    out.null();
  if (asset.container) {
    out.member("runtime", asset.container->runtime).member("image_id", asset.container->image.value).key("created");
    wire::write_instant(out, asset.container->created);
    write_networks(out, asset.container->networks);
    write_image(out, asset);
  }
  if (asset.host) write_host(out, *asset.host);
  out.end_object();
  return std::move(out).take();
}

}  // namespace plimsoll::journal
