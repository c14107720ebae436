#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "model/threat.h"

namespace plimsoll {

enum class CheckOutcome { pass, fail, not_applicable, manual, unknown };

// What a benchmark and edition calls a rule: {"CIS Docker", "1.6.0", "5.4", "1", true}.
struct ControlRef {
  std::string benchmark, edition, id;
  std::string level;  // "1", "2"; empty when the benchmark has none, or it is not known
  bool scored = true;
  auto operator<=>(const ControlRef&) const = default;
};

// One rule evaluated over one subject. Carries what a reader needs, so that a report stands without the rules.
struct CheckResult {
  std::string rule;     // id of ours: "host.sysctl.aslr"
  std::string subject;  // what was looked at: "host", "docker", a container's name
  std::string section;  // "Kernel parameters"
  std::string title;
  CheckOutcome outcome = CheckOutcome::unknown;
  SeverityLevel severity = SeverityLevel::medium;  // how bad a failure is
  std::string evidence;                            // the value found, and where it was read
  std::string reason;                              // why unknown, manual or not applicable
  std::string remedy;
  std::vector<ControlRef> controls;
  bool operator==(const CheckResult&) const = default;
};

// How many rows came out how; index by CheckOutcome.
using OutcomeCounts = std::array<size_t, 5>;

inline OutcomeCounts count_outcomes(const std::vector<CheckResult>& checks) {
  OutcomeCounts counts{};
  for (const CheckResult& row : checks) ++counts[static_cast<size_t>(row.outcome)];
  return counts;
}

// How the controls of one benchmark and edition came out over a report.
struct BenchmarkRate {
  std::string benchmark, edition;
  OutcomeCounts controls{};  // by CheckOutcome; a control without a rule of ours is manual
  // Passes of the controls that were decided or should have been (pass, fail, unknown), 0-1: unknown is no pass.
  double rate = 0;
  bool operator==(const BenchmarkRate&) const = default;
};

}  // namespace plimsoll
