// Evaluates 400 rules (a third for containers) over a host and 50 containers of about 100 facts each, and reads the
// rules: both must be small beside what gathering costs.
#include <sys/resource.h>
#include <time.h>

#include <cstdio>
#include <string>

#include "benchmark/evaluate.h"
#include "benchmark/rule_set.h"

namespace {

using namespace plimsoll;
// Time of this process alone: others on the machine do not count.
double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

std::string rule_file(const char* subject, int count) {
  std::string text =
      "schema: plimsoll.rules/1\nsection: " + std::string(subject) + "\nsubject: " + subject + "\nrules:\n";
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    text += "  - {id: " + std::string(subject) + ".r" + n + ", title: Rule " + n +
            ", why: W, severity: medium, remedy: R, applies: {fact: f" + n + ", exists: true}, pass: {any: [{fact: f" +
            n + ".value, equals: 1}, {fact: text, matches: \"x" + n +
            "$\"}, {each: files, all: {fact: mode, mode_within: \"0644\"}}]}}\n";
  }
  return text;
}

FactTree facts(int count) {
  FactTree tree = FactTree::map_of({});
  for (int i = 0; i < count; ++i) {
    tree.members["f" + std::to_string(i)] =
        FactTree::map_of({{"value", FactTree::of(int64_t{i % 3}, "/proc/sys/value")}});
  }
  tree.members["text"] = FactTree::of("a text of some length, as a command line is --with=x1");
  tree.members["files"] = FactTree::list_of({});
  for (int i = 0; i < 20; ++i) {
    tree.members["files"].items.push_back(
        FactTree::map_of({{"path", FactTree::of("/etc/" + std::to_string(i))}, {"mode", FactTree::of(int64_t{0666})}}));
  }
  return tree;
}

Report world(int containers) {
  Report report;
  AssetReport host;
  host.asset.kind = AssetKind::host;
  host.asset.name = host.asset.node = "n";
  host.settings = FactTree::map_of({{"host", facts(270)}, {"runtimes", FactTree::list_of({})}});
  report.assets.push_back(host);
  for (int i = 0; i < containers; ++i) {
    AssetReport container;
    container.asset.kind = AssetKind::container;
    container.asset.name = "c" + std::to_string(i);
    container.asset.node = "n";
    container.settings = FactTree::map_of({{"container", facts(100)}});
    report.assets.push_back(container);
  }
  return report;
}

}  // namespace

int main() {
  const double start = cpu_ms();
  const auto rules = benchmark::load_rules({{"h", rule_file("host", 270)}, {"c", rule_file("container", 130)}});
  const double loaded = cpu_ms();
  if (!rules.ok()) {
    std::fprintf(stderr, "%s\n", rules.error().message.c_str());
    return 1;
  }
  Report report = world(50);
  const double before = cpu_ms();
  benchmark::evaluate(report, *rules);
  const double after = cpu_ms();
  size_t rows = 0;
  for (const AssetReport& asset : report.assets) rows += asset.checks.size();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "CPU time: 400 rules read: %.1f ms; %zu rows evaluated: %.1f ms (%.2f us a row, %.2f of reading); peak %ld KiB\n",
      loaded - start, rows, after - before, 1000 * (after - before) / static_cast<double>(rows),
      (after - before) / (loaded - start), usage.ru_maxrss);
  return 0;
}
