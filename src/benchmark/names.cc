#include "benchmark/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "policy/faults.h"

namespace plimsoll::benchmark {
namespace {

using Names = std::vector<std::string>;

class Checking {
 public:
  explicit Checking(const RuleSet& rules) : ids_(rules.switched_off) {
    for (const Rule& rule : rules.rules) ids_.push_back(rule.id);
    std::set<std::string> slugs;
    for (const ControlMap& map : rules.maps) slugs.insert(slug_of(map.benchmark));
    benchmarks_.assign(slugs.begin(), slugs.end());
  }

  void check(const ScoringPolicy& scoring, const std::vector<policy::Origin>& origins, bool ids) {
    if (scoring.benchmarks_counted) {
      for (const std::string& name : *scoring.benchmarks_counted) {
        if (std::find(benchmarks_.begin(), benchmarks_.end(), name) == benchmarks_.end())
          tell(origins, "benchmark.count", "benchmark", name, benchmarks_);
      }
    }
    for (const std::string& pattern : ids ? scoring.checks_off : Names()) {
      if (std::none_of(ids_.begin(), ids_.end(), [&](const std::string& id) { return is_meant(pattern, id); }))
        tell(origins, "benchmark.off", "rule", pattern, ids_);
    }
  }
  const Names& faults() const { return faults_; }

 private:
  void tell(const std::vector<policy::Origin>& origins, const char* path, const char* what, const std::string& name,
            const Names& known) {
    std::string place = "policy";
    for (const policy::Origin& origin : origins) {
      if (origin.path == path) place = fmt::format("{}:{}", printable(origin.file, 256), origin.line);
    }
    const auto hint = policy::nearest(name, known);
    faults_.push_back(fmt::format(
        "{}: {}: there is no {} \"{}\"; {}", place, path, what, printable(name, 80),
        hint ? fmt::format("did you mean \"{}\"?", *hint) : std::string("plimsoll benchmark --list names all")));
  }

  Names ids_, benchmarks_, faults_;
};

}  // namespace

std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char c : lower(name)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug;
}

bool is_meant(std::string_view pattern, std::string_view id) {
  return pattern.ends_with(".*") ? id.starts_with(pattern.substr(0, pattern.size() - 1)) : id == pattern;
}

Status check_names(const RuleSet& rules, const policy::Policy& policy) {
  Checking checking(rules);
  checking.check(policy.scoring, policy.origins, false);  // what is off for all is told when the rules are loaded
  for (const policy::ScopedSettings& entry : policy.scoped) checking.check(entry.values, entry.origins, true);
  if (checking.faults().empty()) return Done{};
  return Error{ErrorKind::malformed, join(checking.faults(), "\n")};
}

}  // namespace plimsoll::benchmark
