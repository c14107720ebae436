#include <algorithm>
#include <array>
#include <future>
#include <map>
#include <set>

#include "analyzer/analyzer.h"
#include "analyzer/append.h"
#include "analyzer/discover.h"
#include "analyzer/engine_packages.h"
#include "analyzer/flows.h"
#include "analyzer/needless.h"
#include "analyzer/offers.h"
#include "analyzer/reading.h"
#include "analyzer/watching.h"
#include "base/text.h"
#include "probe/container/container_probe.h"
#include "probe/container/container_settings.h"
#include "probe/host/host_probe.h"
#include "probe/host/settings/settings.h"
#include "probe/kubernetes/kubernetes_settings.h"
#include "probe/runtime/runtime_settings.h"
#include "runtime/runtime.h"

namespace plimsoll::analyzer {
namespace {

// Until when the walk over the host's files may go on. Where there is no inventory, nobody should wait for it alone.
constexpr std::chrono::milliseconds kWalkAlone{600}, kWalkBesideInventory{10'000};

bool wants_machine(const std::vector<Target>& targets) {
  return targets.empty() || std::any_of(targets.begin(), targets.end(), [](const Target& t) {
           return t.kind == Target::Kind::all || t.kind == Target::Kind::host || t.kind == Target::Kind::container;
         });
}

AssetReport host_asset(probe::HostProbe& probed, Instant now) {
  AssetReport asset;
  const HostFacts& facts = probed.facts;
  asset.asset.id = {"host:" + (facts.machine_id.empty() ? facts.hostname : facts.machine_id)};
  asset.asset.kind = AssetKind::host;
  asset.asset.name = asset.asset.node = facts.hostname;
  asset.asset.status = "running";
  asset.asset.platform = facts.hardware.cloud.empty()
                             ? "linux/" + facts.hardware.architecture
                             : "linux/" + facts.hardware.architecture + " on " + facts.hardware.cloud;
  append(asset.assessment.not_assessed, std::move(probed.not_assessed));
  asset.host = std::move(probed.facts);
  asset.scanned_at = now;
  return asset;
}

// The settings of a container and of the image it runs. `listed` is used up.
FactTree settings_of(const system::Machine& machine, const ContainerFacts& facts, runtime::Listed& listed) {
  FactTree image = std::move(listed.image);
  if (image.kind == FactTree::Kind::map) {
    for (const char* fact : {"setuid_files", "needless_packages"})
      image.members[fact] = FactTree::unknown_because("its files have not been looked at");
  }
  return FactTree::map_of({{"container", probe::container_settings(machine, facts, std::move(listed.configured))},
                           {"image", std::move(image)}});
}

AssetReport container_asset(probe::ContainerProbe& probed, const std::string& node, const std::string& platform,
                            Instant now) {
  AssetReport asset;
  const ContainerFacts& facts = probed.facts;
  asset.asset.id = {facts.runtime + ":" + facts.id.value};
  asset.asset.kind = AssetKind::container;
  asset.asset.name = facts.name.empty() ? facts.id.value.substr(0, 12) : facts.name;
  asset.asset.node = node;
  asset.asset.platform = platform;
  asset.asset.image = facts.image_ref;
  asset.asset.status = facts.status;
  asset.asset.labels = facts.labels;
  append(asset.assessment.not_assessed, std::move(probed.not_assessed));
  asset.container = std::move(probed.facts);
  asset.scanned_at = now;
  return asset;
}

// An internal network has a route as far as its own bridge, and the runtime drops what wants to go further.
void close_internal_networks(ContainerFacts& facts) {
  if (!facts.networks.known() || facts.networks.value->empty()) return;
  const auto& networks = *facts.networks.value;
  if (std::all_of(networks.begin(), networks.end(), [](const NetworkAttachment& n) { return n.internal; })) {
    facts.reaches_outside = Fact<bool>::of(false, "all of its networks are internal");
  }
}

// How many other containers each one shares a network with.
void count_neighbours(std::vector<AssetReport>& assets) {
  std::map<std::string, std::set<size_t>> on_network;
  for (size_t i = 0; i < assets.size(); ++i) {
    if (!assets[i].container || !assets[i].container->networks.known()) continue;
    for (const NetworkAttachment& network : *assets[i].container->networks.value)
      on_network[network.network_id].insert(i);
  }
  for (size_t i = 0; i < assets.size(); ++i) {
    if (!assets[i].container) continue;
    ContainerFacts& facts = *assets[i].container;
    if (!facts.networks.known()) {
      facts.network_neighbours = Fact<uint32_t>::missing(facts.networks.unknown, facts.networks.source);
      continue;
    }
    std::set<size_t> others;
    for (const NetworkAttachment& network : *facts.networks.value)
      others.merge(std::set<size_t>(on_network[network.network_id]));
    others.erase(i);
    facts.network_neighbours = Fact<uint32_t>::of(static_cast<uint32_t>(others.size()), "networks of all containers");
  }
}

// What the walk over its files says of setuid programs, to the facts and to the settings of container and image.
void tell_setuid_files(AssetReport& asset, Fact<bool> found) {
  const FactTree node =
      found.known() ? FactTree::of(*found.value, found.source) : FactTree::unknown_because(found.unknown, found.source);
  for (const char* subject : {"container", "image"}) {
    FactTree& tree = asset.settings.members[subject];
    if (tree.kind == FactTree::Kind::map) tree.members["setuid_files"] = node;
  }
  asset.container->setuid_files = std::move(found);
}

// Where no package of a system was found, none is said to be missing.
void tell_needless_packages(AssetReport& asset) {
  FactTree& image = asset.settings.members["image"];
  if (image.kind != FactTree::Kind::map) return;
  std::vector<FactTree> names;
  for (std::string& name : needless_in(asset.packages)) names.push_back(FactTree::of(std::move(name)));
  const bool known = std::ranges::any_of(asset.packages, [](const Package& each) { return is_os_package(each.type); });
  image.members["needless_packages"] = known ? FactTree::list_of(std::move(names), "package databases")
                                             : FactTree::unknown_because("no package database of a system is inside");
}

void give(AssetReport& asset, KnownTree tree) {
  asset.os = std::move(tree.os);
  asset.packages = std::move(tree.packages);
  asset.offered = std::move(tree.offered);
  append(asset.assessment.not_assessed, std::move(tree.not_assessed));
  if (!asset.container) return;
  tell_setuid_files(asset, std::move(tree.setuid_files));
  tell_needless_packages(asset);
}

// Takes the inventory of a tree, and what its repositories offer, into `asset`.
Status take_into(AssetReport& asset, Result<TreeSource> source, const Mapped* mapped, const Settings& settings,
                 const std::string& step, OfferDesk& offers, rootfs::ImageConfig* config = nullptr) {
  if (!source.ok()) return std::move(source).error();
  std::function<void(uint64_t)> heard;  // empty when nobody listens: then no entry need be counted
  if (settings.progress) heard = [&](uint64_t entries) { settings.progress(step, entries, 0); };
  PLIMSOLL_TRY(facts, read_tree(settings, std::move(source).value(), mapped, heard, offers));
  if (config != nullptr) *config = std::move(facts.config);
  KnownTree read{std::move(facts.os), std::move(facts.packages), std::move(facts.offered),
                 std::move(facts.setuid_files), std::move(facts.not_assessed)};
  if (settings.known != nullptr) settings.known->trees[asset.asset.id] = read;
  give(asset, std::move(read));
  return Done{};
}

// What was read of it before, if it was.
bool take_known(AssetReport& asset, const Settings& settings) {
  if (settings.known == nullptr) return false;
  const auto known = settings.known->trees.find(asset.asset.id);
  if (known == settings.known->trees.end()) return false;
  give(asset, known->second);
  return true;
}

// The packages of host and containers. `mapped` goes with the assets.
void take_packages(const Settings& settings, const std::vector<Mapped>& mapped, OfferDesk& offers, Report& report) {
  for (size_t i = 0; i < report.assets.size(); ++i) {
    AssetReport& asset = report.assets[i];
    if (take_known(asset, settings)) continue;
    const std::string step = "reading " + asset.asset.name + " (" + std::to_string(i + 1) + " of " +
                             std::to_string(report.assets.size()) + ")";
    if (settings.progress) settings.progress(step, 0, 0);
    const Status taken = take_into(asset, asset.host ? open_host_tree(report) : open_container_tree(*asset.container),
                                   &mapped[i], settings, step, offers);
    // A tree that cannot be read at all is said to be so.
    if (!taken.ok())
      asset.assessment.not_assessed.push_back({"packages", taken.error().to_string(), taken.error().advice});
  }
}

template <class T>
Fact<T> not_read(const FactTree& node) {
  return Fact<T>::missing(node.kind == FactTree::Kind::unknown ? node.text : "not read", node.source);
}

Fact<bool> truth_of(const FactTree& node) {
  if (node.kind == FactTree::Kind::boolean) return Fact<bool>::of(node.boolean, node.source);
  return not_read<bool>(node);
}

// Of a list in which something could not be read, nothing is known.
Fact<std::vector<RuntimeApi>> runtime_apis_of(const FactTree& list) {
  using Apis = std::vector<RuntimeApi>;
  if (list.kind != FactTree::Kind::list) return not_read<Apis>(list);
  Apis out;
  for (const FactTree& api : list.items) {
    if (api.kind != FactTree::Kind::map) return not_read<Apis>(api);
    out.push_back(
        {api.at("program").text, api.at("address").text, api.at("verified").boolean, api.at("loopback").boolean});
  }
  return Fact<Apis>::of(std::move(out), list.source);
}

// What routes out of containers ask of the settings of their host.
void tell_host_settings(AssetReport& host) {
  const FactTree& settings = host.settings.at("host");
  host.host->metadata_dropped = truth_of(settings.at("firewall").at("drops_metadata"));
  host.host->runtime_apis = runtime_apis_of(settings.at("services").at("runtime_apis"));
}

// Host, runtimes and containers of this machine.
void gather_machine(const system::Machine& machine, const Settings& settings, OfferDesk& offers, Report& report) {
  const Instant now = machine.now();
  const auto say = [&](const std::string& step, uint64_t done, uint64_t total) {
    if (settings.progress) settings.progress(step, done, total);
  };
  // Read beside all the rest: they need nothing of it, and the walk over the host's files takes its time.
  std::future<FactTree> host_settings = std::async(std::launch::async | std::launch::deferred, [&machine, &settings] {
    if (settings.known != nullptr && settings.known->host_settings) return *settings.known->host_settings;
    FactTree tree = probe::probe_host_settings(machine, {settings.packages ? kWalkBesideInventory : kWalkAlone});
    tree.members["kubernetes"] = probe::kubernetes_settings(machine);
    return tree;
  });
  say("discovering", 0, 0);
  Discovered found = discover(machine, settings.docker_socket);
  append(report.incomplete, std::move(found.incomplete));

  say("probing the host", 0, 0);
  probe::HostProbe host = probe::probe_host(machine);
  host.facts.runtimes = found.runtimes;
  std::vector<Mapped> mapped{{std::move(host.mapped), host.mapped_complete}};
  report.assets.push_back(host_asset(host, now));
  report.assets[0].settings =
      FactTree::map_of({{"runtimes", probe::runtime_settings(machine, std::move(found.settings))}});
  const std::string node = report.assets[0].asset.name;
  const std::string platform = report.assets[0].asset.platform;

  std::future<probe::Observation> watching = watch(machine, settings, report.assets[0].asset.id, found.containers);
  std::vector<probe::Connection> connections;
  const auto add_connections = [&](size_t index, probe::Connections more) {
    connections.insert(connections.end(), std::make_move_iterator(more.established.begin()),
                       std::make_move_iterator(more.established.end()));
    append(report.assets[index].assessment.not_assessed, std::move(more.not_assessed));
  };
  add_connections(0, probe::host_connections(machine, report.assets[0].asset.id));
  const probe::HostScan scan = probe::scan_host(machine, found.containers);
  for (size_t i = 0; i < found.containers.size(); ++i) {
    say("probing containers", i + 1, found.containers.size());
    probe::ContainerProbe probed = probe::probe_container(machine, scan, found.containers[i]);
    mapped.push_back({std::move(probed.mapped), probed.mapped_complete});
    close_internal_networks(probed.facts);
    report.assets.push_back(container_asset(probed, node, platform, now));
    AssetReport& asset = report.assets.back();
    asset.settings = settings_of(machine, *asset.container, found.containers[i]);
    add_connections(report.assets.size() - 1,
                    probe::container_connections(machine, asset.asset.id, *asset.container, std::move(probed.sockets)));
  }
  count_neighbours(report.assets);
  // From here on the set of assets stands; packages, the host's settings and flows are added.
  if (settings.packages) take_packages(settings, mapped, offers, report);
  tell_gpu_toolkit(report.assets[0]);
  for (Package& engine : engine_packages(report.assets[0])) report.assets[0].packages.push_back(std::move(engine));
  std::optional<probe::Observation> watched;
  if (watching.valid()) {
    say("watching the network", 0, 0);
    watched = watching.get();
  }
  add_flows(report, connections, watched, settings.wan, now);
  say("reading the host's settings", 0, 0);
  report.assets[0].settings.members["host"] = host_settings.get();
  if (settings.known != nullptr) settings.known->host_settings = report.assets[0].settings.members["host"];
  tell_host_settings(report.assets[0]);
  if (report.assets[0].host->on_host.is(false)) {
    report.assets[0].settings.members["host"].members["kubernetes"] =
        FactTree::unknown_because("Plimsoll runs in a container and sees that, not the host");
  }
}

// An image or a bare root directory: packages only, nothing runs.
Result<AssetReport> gather_tree(const system::Machine& machine, const Settings& settings, const Target& target,
                                OfferDesk& offers) {
  AssetReport asset;
  asset.asset.kind = AssetKind::image;
  asset.asset.name = target.value;
  asset.asset.status = "image";
  asset.scanned_at = machine.now();
  const std::string step = "reading " + target.value;
  rootfs::ImageConfig config;
  PLIMSOLL_CHECK(take_into(asset, open_target_tree(settings, target), nullptr, settings, step, offers, &config));
  if (target.kind == Target::Kind::rootfs) {
    asset.asset.id = {"rootfs:" + target.value};
    return asset;
  }
  asset.asset.id = {"image:" + (config.digest.empty() ? target.value : config.digest.value)};
  asset.asset.image = config.tags.empty() ? "" : config.tags.front();
  if (!config.os.empty()) asset.asset.platform = config.os + "/" + config.architecture;
  return asset;
}

Status replay_into(Report& report, const Settings& settings, const std::string& directory) {
  PLIMSOLL_TRY(recorded, read_recording(settings, directory + "/" + recording_file));
  const bool was_read = recorded.generated_at != Instant{};
  if (report.assets.empty() && was_read) report.generated_at = recorded.generated_at;
  report.assets.insert(report.assets.end(), recorded.assets.begin(), recorded.assets.end());
  report.flows.insert(report.flows.end(), recorded.flows.begin(), recorded.flows.end());
  join_views(report.network, std::move(recorded.network));
  append(report.incomplete, std::move(recorded.incomplete));
  return Done{};
}

}  // namespace

Result<Report> gather(const system::Machine& machine, const Settings& settings) {
  Report report;
  report.generated_at = machine.now();
  report.tool_version = PLIMSOLL_VERSION;
  OfferDesk offers(settings, settings.targets.size() == 1 && !wants_machine(settings.targets));
  if (wants_machine(settings.targets)) gather_machine(machine, settings, offers, report);
  for (const Target& target : settings.targets) {
    switch (target.kind) {
      case Target::Kind::all:
      case Target::Kind::host:
      case Target::Kind::container:
        break;
      case Target::Kind::replay: {
        PLIMSOLL_CHECK(replay_into(report, settings, target.value));
        break;
      }
      default: {
        PLIMSOLL_TRY(asset, gather_tree(machine, settings, target, offers));
        report.assets.push_back(std::move(asset));
      }
    }
  }
  report.sandbox =
      settings.sandbox != nullptr ? settings.sandbox->report() : SandboxReport{0, settings.sandbox_off, {}};
  return report;
}

}  // namespace plimsoll::analyzer
