#include "report/test_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "base/file.h"

namespace plimsoll::report {
namespace {

Instant at(std::string_view text) { return *parse_rfc3339(text); }

Threat threat(std::string id, SeverityLevel level, double score, std::string package, std::string version,
              std::string fixed) {
  Threat out;
  out.id = {std::move(id)};
  out.title = "Something is wrong in " + package;
  out.severity = {level, score, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "NVD"};
  out.attack_vector = AttackVector::network;
  Package installed;
  installed.type = PackageType::deb;
  installed.ecosystem = "Debian:12";
  installed.name = installed.source_name = std::move(package);
  installed.version = installed.source_version = std::move(version);
  out.package = std::move(installed);
  out.fixed_version = std::move(fixed);
  out.references = {"https://security-tracker.debian.org/tracker/" + out.id.value};
  return out;
}

// Fills in everything that follows from severity, likelihood and reach, worst first (docs/scoring.md).
void work_out(Assessment& a) {
  double left = 1;
  for (size_t k = 0; k < a.contributions.size(); ++k) {
    Contribution& row = a.contributions[k];
    row.rank = static_cast<int>(k) + 1;
    row.risk = row.severity_factor * row.likelihood * row.reach;
    row.factor = 0.9 * row.risk * std::pow(0.75, k);
    row.points = 100 * left * row.factor;
    left *= 1 - row.factor;
  }
  a.own_threats = 1 - left;
  double added = 0;
  for (const FixedAddition& addition : a.additions) added += addition.points / 100.0;
  a.own = std::min(1.0, a.own_threats + added);
  a.score = static_cast<int>(std::lround(100 * (1 - (1 - a.own) * (1 - a.inherited.level))));
  a.level = a.score >= 90   ? ThreatLevel::critical
            : a.score >= 70 ? ThreatLevel::high
            : a.score >= 40 ? ThreatLevel::medium
            : a.score >= 10 ? ThreatLevel::low
                            : ThreatLevel::minimal;
}

Contribution group(std::string name, std::string worst, int threats, double severity, double likelihood,
                   std::string why, double reach, std::string reach_why) {
  Contribution out;
  out.group = std::move(name);
  out.worst = {std::move(worst)};
  out.threats = threats;
  out.severity_factor = std::pow(severity / 10, 1.5);
  out.likelihood = likelihood;
  out.likelihood_why = std::move(why);
  out.reach = reach;
  out.reach_why = std::move(reach_why);
  return out;
}

AssetReport front() {
  AssetReport out;
  out.asset = {{"docker:aa"}, AssetKind::container, "nginx", "dock", "demo/nginx:1", "linux/amd64", "running", {}};
  out.os = OsRelease{"debian", "12", "bookworm", "Debian GNU/Linux 12 (bookworm)", {}};
  out.threats = {threat("CVE-2023-44487", SeverityLevel::high, 7.5, "nghttp2", "1.52.0-1", "1.52.0-1+deb12u1"),
                 threat("CVE-2024-0727", SeverityLevel::medium, 5.5, "openssl", "3.0.11-1~deb12u1", "3.0.13-1~deb12u1"),
                 threat("CVE-2099-1", SeverityLevel::unknown, 0, "libxml2", "2.9.14+dfsg-1.3~deb12u1", "")};
  out.threats[0].known_exploited = true;
  out.threats[0].epss = 0.82;
  out.threats[2].severity.score.reset();
  Assessment& a = out.assessment;
  a.additions = {{"takes connections from the WAN", 10, "0.0.0.0:8080 -> 80/tcp"},
                 {"runs privileged", 15, "started with --privileged"}};
  a.contributions = {group("nghttp2 1.52.0-1 (source package)", "CVE-2023-44487", 1, 7.5, 1.0, "known exploited", 1.0,
                           "takes connections from the WAN"),
                     group("openssl 3.0.11-1~deb12u1 (source package)", "CVE-2024-0727", 12, 5.5, 0.3, "EPSS 0.4 %",
                           1.0, "takes connections from the WAN")};
  RouteFinding route;
  route.id = "esc.privileged";
  route.title = "A privileged container can mount the host's disk";
  route.remedy = "start it without --privileged";
  route.technique = "T1611";
  route.certainty = Certainty::sure;
  route.evidence = {{"privileged", Tristate::yes, "inspect HostConfig.Privileged"}};
  a.routes = {route};
  work_out(a);
  return out;
}

AssetReport inside() {
  AssetReport out;
  out.asset = {{"docker:bb"}, AssetKind::container, "redis", "dock", "demo/redis:1", "linux/amd64", "running", {}};
  Assessment& a = out.assessment;
  a.inherited.level = 0.1;
  a.inherited.path = {{{}, "internet", 1, ""},
                      {{"docker:aa"}, "nginx", 1.0, "connections from the WAN seen"},
                      {{"docker:cc"}, "node1", 0.2, "connections seen to port 3000"},
                      {{"docker:bb"}, "redis", 0.5, "connections seen to port 6379"}};
  work_out(a);
  return out;
}

AssetReport hardly_seen() {
  AssetReport out;
  out.asset = {{"docker:dd"},
               AssetKind::container,
               "mystery-with-a-very-long-name-indeed",
               "dock",
               "wolfi:latest",
               "",
               "paused",
               {}};
  out.assessment.score = 3;
  out.assessment.level = ThreatLevel::minimal;  // a renderer must not trust it
  out.assessment.own = out.assessment.own_threats = 0.03;
  out.assessment.not_assessed = {
      {"packages", "no advisories for Wolfi in the database", "import them with plimsoll db import"},
      {"runtime sockets", "permission denied", "run as root"}};
  return out;
}

AssetReport machine() {
  AssetReport out;
  out.asset = {{"host:1"}, AssetKind::host, "dock", "dock", "", "AWS EC2 (t3.small)", "host", {}};
  out.assessment.not_assessed = {{"runtime sockets", "permission denied", "run as root"}};
  out.assessment.contributions = {group("linux 6.1.52-1", "CVE-2023-4623", 3, 7.8, 0.7, "no EPSS known", 0.5, "local")};
  work_out(out.assessment);
  return out;
}

}  // namespace

Report small_world() {
  Report out;
  out.generated_at = at("2026-11-24T08:00:00Z");
  out.tool_version = "0.1.0";
  out.threat_db = {true, "/var/lib/plimsoll/threats.db", at("2026-11-24T07:00:00Z"), 45950, {}};
  out.threat_db.sources = {{"osv/Debian", 40000, at("2026-11-23T00:00:00Z")},
                           {"kev", 1400, at("2026-11-20T00:00:00Z")}};
  out.assets = {front(), machine(), inside(), hardly_seen()};
  FixAction upgrade{"upgrade:deb/nghttp2",
                    "upgrade",
                    "Upgrade nghttp2 to 1.52.0-1+deb12u1 in image demo/nginx:1",
                    "Rebuild the image after apt-get upgrade",
                    {},
                    0,
                    {{"CVE-2023-44487"}}};
  upgrade.falls = {{{"docker:aa"}, "nginx", 88, 40}, {{"docker:bb"}, "redis", 10, 6}};
  upgrade.total_fall = 52;
  FixAction setting{
      "route:esc.privileged", "setting", "Start nginx without --privileged", "Remove --privileged", {}, 15, {}};
  setting.falls = {{{"docker:aa"}, "nginx", 88, 73}};
  out.fixes = {upgrade, setting};
  out.incomplete = {{"containers of containerd", "its socket refuses", "run as root"}};
  return out;
}

Report checked_world() {
  Report out = small_world();
  const auto row = [](std::string rule, std::string subject, std::string section, std::string title,
                      CheckOutcome outcome, SeverityLevel level, std::string control) {
    CheckResult one{std::move(rule),
                    std::move(subject),
                    std::move(section),
                    std::move(title),
                    outcome,
                    level,
                    "",
                    "",
                    "Set it right and restart what uses it.",
                    {}};
    if (!control.empty()) one.controls = {{"CIS Example", "1.0", std::move(control), "1", true}};
    if (outcome == CheckOutcome::unknown) one.reason = "x: permission denied (/proc/x)";
    if (outcome == CheckOutcome::manual) one.reason = "Look whether the person is still here.";
    if (outcome == CheckOutcome::pass || outcome == CheckOutcome::fail) one.evidence = "x = 1 (/proc/sys/x)";
    return one;
  };
  using enum CheckOutcome;
  out.assets[1].checks = {
      row("host.sysctl.aslr", "host", "Kernel parameters", "Addresses are randomised", pass, SeverityLevel::high,
          "1.1"),
      row("host.sysctl.kptr", "host", "Kernel parameters", "Kernel pointers are hidden", fail, SeverityLevel::medium,
          "1.2"),
      row("host.users.gone", "host", "Accounts", "Nobody is left who has gone", manual, SeverityLevel::medium, ""),
      row("docker.daemon.icc", "docker", "Docker daemon", "Containers may not talk freely", unknown,
          SeverityLevel::high, "2.1")};
  for (const size_t i : {0, 2}) {
    const std::string name = out.assets[i].asset.name;
    out.assets[i].checks = {
        row("container.memory_limit", name, "Containers", "Memory is limited", fail, SeverityLevel::low, "5.10"),
        row("container.user_namespace", name, "Containers", "A user namespace is used", not_applicable,
            SeverityLevel::high, "5.30")};
    Threat failed;
    failed.id = {"container.memory_limit"};
    failed.kind = ThreatKind::benchmark;
    failed.title = "Memory is limited";
    failed.severity = {SeverityLevel::low, 2.5, "", "plimsoll"};
    failed.evidence = name + ": x = 1 (/proc/sys/x)";
    out.assets[i].threats.push_back(failed);
  }
  out.benchmarks = {{"CIS Example", "1.0", {1, 2, 1, 1, 1}, 0.25}};
  return out;
}

std::string hostile_text(std::mt19937& random) {
  static constexpr std::string_view parts[]{"</script><img src=x onerror=alert(1)>",
                                            "\x1b[2J\x1b]0;x\x07",
                                            "\r\n",
                                            "日本語",
                                            "\xff\xfe",
                                            "\xE2\x80\xAE",
                                            "\"'&<>",
                                            "{{BODY}}",
                                            "javascript:alert(1)",
                                            "name",
                                            " ",
                                            "longlonglong",
                                            "\xC2\x9B",
                                            "-->",
                                            "😀",
                                            "https://x\" onclick=\"y",
                                            "0123456789"};
  std::string out;
  for (auto left = random() % 6; left > 0; --left) out += parts[random() % std::size(parts)];
  return out;
}

Report random_report(std::mt19937& random) {
  const auto text = [&] { return hostile_text(random); };
  const auto unit = [&] { return static_cast<double>(random() % 1001) / 1000; };
  const auto gap = [&] { return Incomplete{text(), text(), text()}; };
  const auto few = [&] { return random() % 4; };
  Report out;
  out.generated_at = at("2026-11-24T08:00:00Z");
  out.tool_version = text();
  out.threat_db = {random() % 4 != 0, text(), std::nullopt, random(), {}};
  for (auto n = few(); n > 0; --n) out.threat_db.sources.push_back({text(), random(), at("2020-01-01")});
  for (auto n = few() * 2; n > 0; --n) {
    AssetReport asset;
    asset.asset = {{text()}, static_cast<AssetKind>(random() % 3), text(), text(), text(), text(), text(), {}};
    asset.os = OsRelease{text(), text(), text(), text(), {}};
    for (auto m = few() * 3; m > 0; --m) {
      Threat t = threat(text(), static_cast<SeverityLevel>(random() % 5), unit() * 10, text(), text(), text());
      t.known_exploited = random() % 2 == 0;
      t.evidence = text();
      t.references = {text(), "https://" + text()};
      if (random() % 4 == 0) t.package.reset();
      asset.threats.push_back(std::move(t));
    }
    for (auto m = few() * 3; m > 0; --m) {
      asset.checks.push_back({text(),
                              text(),
                              text(),
                              text(),
                              static_cast<CheckOutcome>(random() % 5),
                              static_cast<SeverityLevel>(random() % 5),
                              text(),
                              text(),
                              text(),
                              {{text(), text(), text(), text(), true}}});
    }
    Assessment& a = asset.assessment;
    for (auto m = few(); m > 0; --m) a.additions.push_back({text(), static_cast<int>(random() % 20), text()});
    for (auto m = few() * 10; m > 0; --m)
      a.contributions.push_back(group(text(), text(), 3, unit() * 10, unit(), text(), unit(), text()));
    for (auto m = few(); m > 0; --m) a.inherited.path.push_back({{text()}, text(), unit(), text()});
    a.inherited.level = a.inherited.path.empty() ? 0 : unit();
    for (auto m = few() * 3; m > 0; --m) {
      a.routes.push_back({text(),
                          text(),
                          text(),
                          text(),
                          static_cast<Certainty>(random() % 3),
                          random() % 2 == 0,
                          {{text(), static_cast<Tristate>(random() % 3), text()}},
                          text()});
    }
    for (auto m = few(); m > 0; --m) a.not_assessed.push_back(gap());
    work_out(a);
    out.assets.push_back(std::move(asset));
  }
  for (auto n = few() * 4; n > 0; --n) {
    FixAction fix{text(), text(), text(), text(), {}, static_cast<int>(random() % 200), {}};
    for (auto m = few() * 3; m > 0; --m) fix.falls.push_back({{text()}, text(), 90, 20});
    for (auto m = few() * 3; m > 0; --m) fix.removes.push_back({text()});
    out.fixes.push_back(std::move(fix));
  }
  for (auto n = few(); n > 0; --n) {
    out.benchmarks.push_back({text(), text(), {random() % 9, random() % 9, random() % 9, 1, 2}, unit()});
  }
  for (auto n = few() * 6; n > 0; --n) out.incomplete.push_back(gap());
  return out;
}

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(PLIMSOLL_SOURCE_DIR) + "/tests/golden/report/" + name;
  if (std::getenv("PLIMSOLL_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_atomically(path, text).ok());
    return;
  }
  const auto expected = read_file(path);
  ASSERT_TRUE(expected.ok()) << expected.error().to_string();
  EXPECT_EQ(text, *expected) << path;
}

}  // namespace plimsoll::report
