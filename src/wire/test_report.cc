#include "wire/test_report.h"

#include "wire/random_facts.h"

namespace plimsoll::wire {
namespace {

const Instant at = *parse_rfc3339("2026-11-24T08:00:00Z");
constexpr const char* bad_bytes = "caf\xe9 \x1b[31m";

Package openssl() {
  Package package;
  package.type = PackageType::deb;
  package.ecosystem = "Debian:12";
  package.name = "libssl3";
  package.version = "3.0.11-1~deb12u2";
  package.arch = "amd64";
  package.source_name = "openssl";
  package.source_version = "3.0.11-1~deb12u2";
  package.module = "openssl:1";
  package.purl = "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12";
  package.locations = {"var/lib/dpkg/status", bad_bytes};
  package.layer = {"sha256:aa"};
  package.loaded = Loaded::yes;
  package.owned_by = "base";
  return package;
}

Threat heap_overflow() {
  Threat threat;
  threat.id = {"CVE-2026-0001"};
  threat.aliases = {"DSA-1-1"};
  threat.title = bad_bytes;
  threat.severity = {SeverityLevel::critical, 9.8, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "NVD"};
  threat.opinions = {{SeverityLevel::unknown, std::nullopt, "", "Debian"}};
  threat.attack_vector = AttackVector::network;
  threat.package = openssl();
  threat.fixed_version = "3.0.17-1";
  threat.known_exploited = true;
  threat.epss = 0.97;
  threat.epss_date = at;
  threat.evidence = "libssl3 3.0.11 is installed";
  threat.remedy = "upgrade";
  threat.references = {"https://example.org/1"};
  threat.first_seen = at;
  return threat;
}

Assessment judged() {
  Assessment assessment;
  assessment.score = 93;
  assessment.level = ThreatLevel::critical;
  assessment.own = 0.91;
  assessment.own_threats = 0.76;
  assessment.additions = {{"runs privileged", 15, "inspect HostConfig.Privileged"}};
  assessment.inherited = {0.3, {{{}, "internet", 1, ""}, {{"docker:aa"}, "web", 0.5, "published port 8080"}}};
  Contribution part;
  part.group = "openssl 3.0.11-1";
  part.worst = {"CVE-2026-0001"};
  part.threats = 2;
  part.points = 76;
  assessment.contributions = {part};
  RouteFinding route;
  route.id = "esc.privileged";
  route.title = "Privileged container";
  route.remedy = "drop --privileged";
  route.technique = "T1611";
  route.certainty = Certainty::sure;
  route.evidence = {{"privileged", Tristate::yes, "inspect"}};
  route.threat_id = "CVE-2022-0492";
  assessment.routes = {route};
  assessment.if_fixed = IfFixed{40, ThreatLevel::medium};
  assessment.not_assessed = {{"runtime sockets", "permission denied", "run as root"}};
  return assessment;
}

AssetReport container_asset() {
  AssetReport report;
  report.asset = {{"docker:aa"}, AssetKind::container, "web",     "node1",
                  "web:1",       "linux/amd64",        "running", {{"k", bad_bytes}}};
  RandomFill(7).fill(report.container.emplace());
  report.container->mounts =
      Fact<std::vector<MountFacts>>::of({{"/run/x.sock", "tmpfs", "/run/x.sock", true, false, true}});
  report.container->memory_limit = Fact<uint64_t>::of(UINT64_MAX);
  report.container->processes = {{1, 0, "nginx", "/usr/sbin/nginx", Fact<uint32_t>::of(0)}};
  report.container->processes[0].capabilities = Fact<CapabilitySets>::of({0, 1, UINT64_MAX, 3, 4});
  report.container->networks = Fact<std::vector<NetworkAttachment>>::of({{"net1", "backend", "10.0.0.2", "", true}});
  report.container->published = Fact<std::vector<PublishedPort>>::of({{Transport::tcp, "::", 8080, 80, true}});
  report.container->listeners = Fact<std::vector<Listener>>::missing("permission denied");
  report.container->host_namespace["pid"] = Fact<bool>::of(true, "/proc/1/ns/pid");
  report.os = OsRelease{"debian", "12", "bookworm", "Debian GNU/Linux 12", {}};
  report.packages = {openssl()};
  report.threats = {heap_overflow()};
  report.settings = FactTree::map_of(
      {{"container", FactTree::map_of({{"limit", FactTree::of(int64_t{-1}, "/sys/fs/cgroup")},
                                       {"user", FactTree::unknown_because("denied", bad_bytes)},
                                       {"names", FactTree::list_of({FactTree::of("a"), FactTree::of(true), {}})},
                                       {bad_bytes, FactTree::of(bad_bytes)}})}});
  report.checks = {{"container.limit",
                    "web",
                    "Limits",
                    "Memory is limited",
                    CheckOutcome::fail,
                    SeverityLevel::medium,
                    "limit = -1",
                    bad_bytes,
                    "Set a limit.",
                    {{"CIS Docker", "1.6.0", "5.11", "1", true}}},
                   {"container.user",
                    "web",
                    "Users",
                    "Not root",
                    CheckOutcome::unknown,
                    SeverityLevel::high,
                    "",
                    "user: denied",
                    "Set a user.",
                    {}}};
  report.excepted = {{heap_overflow(), "x1", bad_bytes, "anna", at}};
  report.assessment = judged();
  report.scanned_at = at;
  return report;
}

AssetReport host_asset() {
  AssetReport report;
  report.asset = {{"host:1"}, AssetKind::host, "node1", "node1", "", "", "host", {}};
  RandomFill(8).fill(report.host.emplace());
  RuntimeFacts docker;
  docker.name = "docker";
  docker.component_versions["runc"] = "1.1.5";
  docker.settings["icc"] = Fact<std::string>::of("true", "network bridge");
  report.host->runtimes = {docker};
  report.host->active_lsms = Fact<std::vector<std::string>>::of({"apparmor"});
  return report;
}

}  // namespace

Report rich_report() {
  Report report;
  report.generated_at = at;
  report.tool_version = "0.1.0";
  report.threat_db = {true, "/var/lib/plimsoll/threats.db", at, 12, {{"osv/Debian", 12, at}, {"kev", 0, std::nullopt}}};
  report.assets = {container_asset(), host_asset()};
  Flow flow;
  flow.from = {{}, "203.0.113.9", 0, true};
  flow.to = {{"docker:aa"}, "10.0.0.2", 80, false};
  flow.application = "HTTP";
  flow.connections = 3;
  flow.first_seen = at;
  report.flows = {flow};
  NetworkEvent event;
  event.detector = "net.scan.ports";
  event.severity = SeverityLevel::medium;
  event.technique = "T1046";
  event.cves = {"CVE-2026-0001"};
  event.title = "Port scan";
  event.evidence = "20 closed ports";
  event.outcome = EventOutcome::answered;
  event.source = flow.from;
  event.target = flow.to;
  event.count = 20;
  event.first_seen = event.last_seen = at;
  report.network = {5000,
                    {{"eBPF", true, ""}, {"packet capture", false, "not permitted"}},
                    {event},
                    {{{"docker:aa"}, "shop/web as web", 1, 0.7, {"listens on a new port, tcp 4444"}}}};
  report.fixes = {{"upgrade:deb/openssl",
                   "upgrade",
                   "Upgrade openssl",
                   "apt",
                   {{{"docker:aa"}, "web", 93, 40}},
                   53,
                   {{"CVE-2026-0001"}}}};
  report.together = {{1, 93, 40, 53, {{{"docker:aa"}, "web", 93, 40}}}};
  report.benchmarks = {{"CIS Docker", "1.6.0", {1, 2, 0, 3, 1}, 0.25}};
  report.incomplete = {{"processes of other users", "permission denied", "run as root"}};
  report.sandbox = {3, "", {{"landlock", false, "this kernel has no Landlock"}, {"seccomp", true, "allow-list"}}};
  return report;
}

}  // namespace plimsoll::wire
