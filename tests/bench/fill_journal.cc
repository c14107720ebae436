// Fills a journal with a fleet, for benchmarks of what stands on it. Nothing in it is made up after the facts:
// packages, networks and connections are, and all the rest is judged from them as in a scan. Usage: fill_journal
// JOURNAL DB [CONTAINERS [NODES]]
//   JOURNAL  a file or a URL, as of `plimsoll serve --journal`
//   DB       threat database built from the feed of tests/bench/fill_feed.py, which knows the same packages
//   10 000 containers (on 100 nodes, in groups of ten that belong together) have 100 vulnerabilities each.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "journal/journal.h"

namespace {

using namespace plimsoll;

constexpr int packages_of_image = 50, stacks = 40;  // 200 images in all: five of each stack

// What one group of ten runs. `talks_to`: places in the group; -1: an outside address; 'h': how much is said.
struct Role {
  const char* name;
  uint16_t port;  // that it listens on
  const char* protocol;
  std::vector<int> talks_to;
  int image;  // of the stack's five
};
const std::array<Role, 10> roles{{
    {"edge", 80, "HTTP", {1, 2, 3}, 0},
    {"web-1", 8080, "HTTP", {4, 5, 8}, 1},
    {"web-2", 8080, "HTTP", {4, 5, 8}, 1},
    {"web-3", 8080, "HTTP", {4, 6, 8}, 1},
    {"api-1", 9000, "HTTP", {7, 8}, 2},
    {"api-2", 9000, "HTTP", {7, 8}, 2},
    {"api-3", 9000, "HTTP", {7, 8}, 2},
    {"db", 5432, "PostgreSQL", {}, 3},
    {"cache", 6379, "Redis", {}, 4},
    {"worker", 0, "", {7, 8, -1}, 2},
}};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "fill_journal: {}\n", why);
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result.ok()) give_up(result.error().to_string());
  return std::move(result).value();
}

std::string image_name(int group, const Role& role) {
  constexpr std::array parts{"edge", "web", "api", "db", "cache"};
  return fmt::format("registry.example/stack-{}/{}:1.{}", group % stacks, parts.at(static_cast<size_t>(role.image)),
                     group % 7);
}

AssetId id_of(int container) { return {fmt::format("docker:{:064x}", container)}; }
std::string address_of(int container) {
  return fmt::format("10.{}.{}.{}", container / 65536, container / 256 % 256, container % 256);
}

// fill_feed.py makes two advisories for each of these names.
std::vector<Package> packages_of(int image) {
  std::vector<Package> out;
  for (int i = 0; i < packages_of_image; ++i) {
    Package package;
    package.type = PackageType::deb;
    package.ecosystem = "Debian:12";
    package.name = package.source_name = fmt::format("lib{}-{}", image, i);
    package.version = package.source_version = "1.0-1";
    package.arch = "amd64";
    package.purl = fmt::format("pkg:deb/debian/{}@1.0-1?arch=amd64&distro=debian-12", package.name);
    package.locations = {"/var/lib/dpkg/status"};
    package.loaded = i % 3 == 0 ? Loaded::yes : i % 3 == 1 ? Loaded::no : Loaded::unknown;
    out.push_back(std::move(package));
  }
  return out;
}

OsRelease debian() { return {"debian", "12", "bookworm", "Debian GNU/Linux 12 (bookworm)", {}}; }

ContainerFacts facts_of(int container, int group, const Role& role, const AssetReport& asset, Instant now) {
  ContainerFacts out;
  out.id = {asset.asset.id.value.substr(7)};
  out.name = asset.asset.name;
  out.runtime = "docker";
  out.image_ref = asset.asset.image;
  out.status = asset.asset.status;
  out.created = now - std::chrono::hours(24 * (1 + container % 60));
  out.pid = 1000 + container;
  ProcessFacts process;
  process.pid = out.pid;
  process.name = role.name;
  process.exe = fmt::format("/usr/bin/{}", role.name);
  process.host_uid = Fact<uint32_t>::of(container % 4 == 0 ? 0 : 1000);
  out.processes = {process};
  out.privileged = Fact<bool>::of(container % 97 == 0);
  out.networks = Fact<std::vector<NetworkAttachment>>::of(
      {{fmt::format("net-{}", group), fmt::format("stack-{}_default", group), address_of(container), "", false}});
  if (role.port != 0)
    out.listeners = Fact<std::vector<Listener>>::of({{Transport::tcp, "0.0.0.0", role.port, out.pid, false}});
  if (role.image == 0)
    out.published = Fact<std::vector<PublishedPort>>::of(
        {{Transport::tcp, "0.0.0.0", static_cast<uint16_t>(20000 + group % 1000), role.port, true}});
  return out;
}

AssetReport container_of(int container, const std::string& node, Instant now) {
  const int group = container / static_cast<int>(roles.size());
  const Role& role = roles.at(static_cast<size_t>(container) % roles.size());
  AssetReport out;
  out.asset.id = id_of(container);
  out.asset.kind = AssetKind::container;
  out.asset.name = fmt::format("stack-{}-{}", group, role.name);
  out.asset.node = node;
  out.asset.image = image_name(group, role);
  out.asset.platform = "linux/amd64";
  out.asset.status = "running";
  out.asset.labels = {{"com.docker.compose.project", fmt::format("stack-{}", group)}};
  out.os = debian();
  out.packages = packages_of(group % stacks * 5 + role.image);
  out.container = facts_of(container, group, role, out, now);
  if (container % 29 == 0) out.assessment.not_assessed = {{"a part of its file tree", "a file could not be read", ""}};
  out.scanned_at = now;
  return out;
}

AssetReport host_of(int number, const std::string& name, Instant now) {
  AssetReport out;
  out.asset.id = {fmt::format("host:{:032x}", number)};
  out.asset.kind = AssetKind::host;
  out.asset.name = out.asset.node = name;
  out.asset.platform = "linux/amd64";
  out.asset.status = "host";
  out.os = debian();
  out.packages = packages_of(number % (stacks * 5));
  out.host.emplace();
  out.host->machine_id = fmt::format("{:032x}", number);
  out.host->hostname = name;
  out.host->kernel_release = "6.1.0-18-amd64";
  out.host->hardware = {"A processor", 16, uint64_t{64} << 30, "A vendor", "A product", "", "x86_64"};
  out.scanned_at = now;
  return out;
}

Flow flow(FlowEnd from, FlowEnd to, const std::string& protocol, bool seen, std::mt19937& random, Instant now) {
  Flow out;
  out.from = std::move(from);
  out.to = std::move(to);
  out.application = protocol;
  out.application_seen = out.opener_seen = out.seen = seen;
  if (seen) {
    out.connections = 1 + random() % 500;
    out.bytes = out.connections * (100 + random() % 100'000);
  }
  out.first_seen = now - std::chrono::minutes(9);
  out.last_seen = now;
  return out;
}

// The connections that a group's containers open, and those that are only permitted.
void add_flows(Report& report, int first, std::mt19937& random, Instant now) {
  const auto end = [&](int place, uint16_t port) {
    return FlowEnd{id_of(first + place), address_of(first + place), port, false};
  };
  const auto outside = [&](uint16_t port) {
    return FlowEnd{{}, fmt::format("203.0.113.{}", random() % 200), port, true};
  };
  report.flows.push_back(flow(outside(0), end(0, 80), "HTTP", true, random, now));
  for (int place = 0; place < static_cast<int>(roles.size()); ++place) {
    for (const int to : roles.at(static_cast<size_t>(place)).talks_to) {
      if (to < 0) {
        report.flows.push_back(flow(end(place, 0), outside(443), "TLS", true, random, now));
        continue;
      }
      const Role& server = roles.at(static_cast<size_t>(to));
      report.flows.push_back(
          flow(end(place, 0), end(to, server.port), server.protocol, random() % 8 != 0, random, now));
    }
  }
}

void add_attack(Report& report, int first, Instant now) {
  NetworkEvent event;
  event.detector = "net.scan.ports";
  event.severity = SeverityLevel::medium;
  event.technique = "T1046";
  event.title = "Port scan";
  event.evidence = "40 closed ports asked in 60 s";
  event.source = {id_of(first + 9), address_of(first + 9), 0, false};
  event.target = {id_of(first + 7), address_of(first + 7), 0, false};
  event.on_source = true;
  event.count = 40;
  event.first_seen = event.last_seen = now;
  report.network.events.push_back(std::move(event));
}

Report node_report(int node, int containers, Instant now, std::mt19937& random) {
  Report out;
  const std::string name = fmt::format("node-{:03}", node);
  const int group = static_cast<int>(roles.size());
  out.assets.push_back(host_of(node, name, now));
  for (int i = 0; i < containers; ++i) {
    const int number = node * containers + i;
    out.assets.push_back(container_of(number, name, now));
    if (i % group != 0 || i + group > containers) continue;
    add_flows(out, number, random, now);
    if (number / group % 31 == 0) add_attack(out, number, now);
  }
  out.network.observed_ms = 600'000;
  return out;
}

// What was said earlier in the day, so that there is something to play back.
void add_earlier(journal::Journal& log, Report report, std::mt19937& random) {
  constexpr std::array hours_ago{1, 3, 6, 12, 20};
  for (const int hours : hours_ago) {
    std::vector<Flow> flows;
    for (Flow each : report.flows) {
      if (!each.seen || random() % 5 == 0) continue;
      each.first_seen -= std::chrono::hours(hours);
      each.last_seen -= std::chrono::hours(hours);
      flows.push_back(std::move(each));
    }
    must(log.add_flows(flows));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) give_up("usage: fill_journal JOURNAL DB [CONTAINERS [NODES]]");
  const int containers = argc > 3 ? std::atoi(argv[3]) : 10'000, nodes = argc > 4 ? std::atoi(argv[4]) : 100;
  if (containers < 1 || nodes < 1 || containers < nodes) give_up("at least one node, and a container on each");
  const auto log = must(journal::open_journal(argv[1]));
  const auto db = must(threatdb::ThreatDb::open(argv[2]));
  const policy::Policy policy = must(policy::default_policy());
  const benchmark::RuleSet no_rules;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto began = std::chrono::steady_clock::now();
  std::mt19937 random(1);
  uint64_t threats = 0;
  for (int node = 0; node < nodes; ++node) {
    Report report = node_report(node, containers / nodes, now, random);
    journal::Recording how;
    how.gathered_gaps = journal::gaps_of(report);
    how.whole = node + 1 == nodes;
    analyzer::judge(report, &db, {policy, no_rules}, now);
    for (const AssetReport& asset : report.assets) threats += asset.threats.size();
    must(log->record(report, how));
    add_earlier(*log, std::move(report), random);
    if (node % 10 == 9) fmt::print(stderr, "{} of {} nodes\n", node + 1, nodes);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print("{} nodes with {} containers each, {} threats, {} MiB, in {:.0f} s\n", nodes, containers / nodes, threats,
             log->health().bytes >> 20, took.count());
  return 0;
}
