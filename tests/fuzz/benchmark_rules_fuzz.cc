// A user's rule file or control map, fixtures, a path; and, where rules come of it, their judgement over a tree that
// the same bytes make.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "benchmark/evaluate.h"
#include "benchmark/fact_path.h"
#include "benchmark/fixture_file.h"
#include "benchmark/rule_set.h"

namespace {

using namespace plimsoll;

// The fuzzer's bytes hold rules, then a line "---- facts", then fixtures.
constexpr std::string_view kDivider = "---- facts\n";

benchmark::Found found(const FactTree& tree) {
  return {&tree, tree.source, tree.kind == FactTree::Kind::unknown ? tree.text : ""};
}

void judge_all(const benchmark::RuleSet& rules, const std::vector<benchmark::Fixture>& fixtures) {
  for (const benchmark::Fixture& fixture : fixtures) {
    const benchmark::Trees trees{found(fixture.host),      found(fixture.runtime), found(fixture.runtimes),
                                 found(fixture.container), found(fixture.image),   found(fixture.judged)};
    for (const benchmark::Rule& rule : rules.rules) {
      const CheckResult row = benchmark::check(rule, "fuzz", found(fixture.facts), trees);
      // Never a silent unknown, and never a pass that nothing supports.
      if (row.outcome == CheckOutcome::unknown && row.reason.empty()) std::abort();
      if (row.outcome == CheckOutcome::fail && row.evidence.empty()) std::abort();
      if (row.evidence.size() + row.reason.size() > (size_t{1} << 16)) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 4096) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const size_t divider = text.find(kDivider);
  const std::string head = text.substr(0, divider);
  const auto rules = benchmark::load_rules({{"fuzz.yaml", head}});
  if (!rules.ok() && rules.error().message.find("fuzz.yaml:") != 0) std::abort();  // every refusal names its place
  const auto path = benchmark::parse_fact_path(head.substr(0, head.find('\n')));
  if (path.ok() && path->text.empty()) std::abort();
  if (divider == std::string::npos) return 0;
  const auto fixtures = benchmark::parse_fixtures(text.substr(divider + kDivider.size()), "facts.yaml");
  if (!fixtures.ok() && fixtures.error().message.find("facts.yaml:") != 0) std::abort();
  if (rules.ok() && fixtures.ok()) judge_all(*rules, *fixtures);
  return 0;
}
