#include <algorithm>
#include <array>

#include "analyzer/analyzer.h"
#include "analyzer/flows.h"
#include "analyzer/trees.h"
#include "base/file.h"
#include "base/text.h"
#include "inventory/take_inventory.h"
#include "probe/container/container_probe.h"
#include "probe/host/host_probe.h"
#include "probe/host/settings/settings.h"
#include "runtime/runtime.h"
#include "wire/recording.h"

namespace plimsoll::analyzer {
namespace {

void append(IncompleteList& to, IncompleteList from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

bool wants_machine(const std::vector<Target>& targets) {
  return targets.empty() || std::any_of(targets.begin(), targets.end(), [](const Target& t) {
           return t.kind == Target::Kind::all || t.kind == Target::Kind::host || t.kind == Target::Kind::container;
         });
}

// What runs here: every runtime that answers, then what the kernel shows beyond them.
struct Discovered {
  std::vector<RuntimeFacts> runtimes;
  std::vector<runtime::Listed> containers;
};

Discovered discover(const system::Machine& machine, const Settings& settings, Report& report) {
  Discovered found;
  Result<runtime::Answer> docker = runtime::ask_docker(machine, settings.docker_socket);
  if (docker.ok()) {
    found.runtimes.push_back(std::move(docker->facts));
    found.containers = std::move(docker->containers);
    append(report.incomplete, std::move(docker->not_assessed));
  } else if (docker.error().kind != ErrorKind::not_found) {
    report.incomplete.push_back(
        {"Docker Engine at " + settings.docker_socket, docker.error().message,
         docker.error().advice.empty() ? "run as root, or as a member of the socket's group" : docker.error().advice});
  }
  std::vector<ContainerId> known;
  for (const runtime::Listed& listed : found.containers) known.push_back(listed.facts.id);
  Result<std::vector<runtime::Listed>> others = runtime::find_by_kernel(machine, known, &report.incomplete);
  if (others.ok()) {
    for (runtime::Listed& listed : *others) found.containers.push_back(std::move(listed));
  } else {
    report.incomplete.push_back({"containers that no runtime answers for", others.error().message, "run as root"});
  }
  return found;
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

struct Mapped {
  std::vector<std::string> files;
  bool complete = false;
};

// Takes the inventory of `tree` into `asset`; a tree that cannot be read at all is said to be so.
void take_into(AssetReport& asset, Result<std::unique_ptr<rootfs::Tree>> tree, const Mapped* mapped,
               const Settings& settings, const std::string& step) {
  if (!settings.packages) return;
  if (!tree.ok()) {
    asset.assessment.not_assessed.push_back({"packages", tree.error().to_string(), tree.error().advice});
    return;
  }
  const auto heard = [&](uint64_t entries) {
    if (settings.progress) settings.progress(step, entries, 0);
  };
  Result<inventory::Taken> taken = inventory::take_inventory(**tree, heard);
  if (!taken.ok()) {
    asset.assessment.not_assessed.push_back({"packages", taken.error().to_string(), taken.error().advice});
    return;
  }
  if (mapped != nullptr) inventory::mark_loaded(**tree, taken->inventory, mapped->files, mapped->complete);
  asset.os = std::move(taken->inventory.os);
  asset.packages = std::move(taken->inventory.packages);
  append(asset.assessment.not_assessed, std::move(taken->inventory.not_assessed));
  if (asset.container) asset.container->setuid_files = taken->setuid_files;
}

// Host, runtimes and containers of this machine.
void gather_machine(const system::Machine& machine, const Settings& settings, Report& report) {
  const Instant now = machine.now();
  const auto say = [&](const std::string& step, uint64_t done, uint64_t total) {
    if (settings.progress) settings.progress(step, done, total);
  };
  say("discovering", 0, 0);
  Discovered found = discover(machine, settings, report);

  say("probing the host", 0, 0);
  probe::HostProbe host = probe::probe_host(machine);
  host.facts.runtimes = found.runtimes;
  std::vector<Mapped> mapped{{std::move(host.mapped), host.mapped_complete}};
  report.assets.push_back(host_asset(host, now));
  report.assets[0].settings = FactTree::map_of({{"host", probe::probe_host_settings(machine)}});
  const std::string node = report.assets[0].asset.name;
  const std::string platform = report.assets[0].asset.platform;

  std::vector<probe::Connection> connections;
  const auto add_connections = [&](size_t index, probe::Connections more) {
    connections.insert(connections.end(), std::make_move_iterator(more.established.begin()),
                       std::make_move_iterator(more.established.end()));
    append(report.assets[index].assessment.not_assessed, std::move(more.not_assessed));
  };
  add_connections(0, probe::host_connections(machine, report.assets[0].asset.id));
  for (size_t i = 0; i < found.containers.size(); ++i) {
    say("probing containers", i + 1, found.containers.size());
    probe::ContainerProbe probed = probe::probe_container(machine, found.containers[i]);
    mapped.push_back({std::move(probed.mapped), probed.mapped_complete});
    close_internal_networks(probed.facts);
    report.assets.push_back(container_asset(probed, node, platform, now));
    const AssetReport& asset = report.assets.back();
    add_connections(report.assets.size() - 1, probe::container_connections(machine, asset.asset.id, *asset.container));
  }
  add_flows(report, connections, now);
  // From here on the set of assets and flows stands; only packages are added.

  for (size_t i = 0; i < report.assets.size(); ++i) {
    AssetReport& asset = report.assets[i];
    const std::string step = "reading " + asset.asset.name + " (" + std::to_string(i + 1) + " of " +
                             std::to_string(report.assets.size()) + ")";
    say(step, 0, 0);
    take_into(asset, asset.host ? open_host_tree(report) : open_container_tree(*asset.container), &mapped[i], settings,
              step);
  }
}

Result<rootfs::Image> open_image(const Settings& settings, const Target& target) {
  switch (target.kind) {
    case Target::Kind::image:
      return runtime::docker_image(settings.docker_socket, target.value);
    case Target::Kind::archive:
      return rootfs::open_archive(target.value);
    default:
      return rootfs::open_oci_layout(target.value);
  }
}

// An image or a bare root directory: packages only, nothing runs.
Result<AssetReport> gather_tree(const system::Machine& machine, const Settings& settings, const Target& target) {
  AssetReport asset;
  asset.asset.kind = AssetKind::image;
  asset.asset.name = target.value;
  asset.asset.status = "image";
  asset.scanned_at = machine.now();
  const std::string step = "reading " + target.value;
  if (target.kind == Target::Kind::rootfs) {
    auto tree = rootfs::open_directory(target.value, {});
    if (!tree.ok()) return std::move(tree).error();
    asset.asset.id = {"rootfs:" + target.value};
    take_into(asset, std::move(tree), nullptr, settings, step);
    return asset;
  }
  PLIMSOLL_TRY(image, open_image(settings, target));
  take_into(asset, std::move(image.tree), nullptr, settings, step);
  asset.asset.id = {"image:" + (image.config.digest.empty() ? target.value : image.config.digest.value)};
  asset.asset.image = image.config.tags.empty() ? "" : image.config.tags.front();
  if (!image.config.os.empty()) asset.asset.platform = image.config.os + "/" + image.config.architecture;
  return asset;
}

Status replay_into(Report& report, const std::string& directory) {
  const std::string path = directory + "/" + recording_file;
  Result<std::string> text = read_file(path, size_t{1} << 30);
  if (!text.ok()) {
    Error error = std::move(text).error();
    error.advice = "name a directory written by `plimsoll scan --record`";
    return error;
  }
  PLIMSOLL_TRY(recorded, wire::facts_from_json(*text, path));
  if (report.assets.empty()) {
    report.generated_at = recorded.generated_at;
  }
  report.assets.insert(report.assets.end(), recorded.assets.begin(), recorded.assets.end());
  report.flows.insert(report.flows.end(), recorded.flows.begin(), recorded.flows.end());
  append(report.incomplete, std::move(recorded.incomplete));
  return Done{};
}

}  // namespace

Result<Report> gather(const system::Machine& machine, const Settings& settings) {
  Report report;
  report.generated_at = machine.now();
  report.tool_version = PLIMSOLL_VERSION;
  if (wants_machine(settings.targets)) gather_machine(machine, settings, report);
  for (const Target& target : settings.targets) {
    switch (target.kind) {
      case Target::Kind::all:
      case Target::Kind::host:
      case Target::Kind::container:
        break;
      case Target::Kind::replay: {
        PLIMSOLL_CHECK(replay_into(report, target.value));
        break;
      }
      default: {
        PLIMSOLL_TRY(asset, gather_tree(machine, settings, target));
        report.assets.push_back(std::move(asset));
      }
    }
  }
  return report;
}

}  // namespace plimsoll::analyzer
