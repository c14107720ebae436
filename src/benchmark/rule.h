#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/condition.h"
#include "benchmark/fact_path.h"
#include "model/threat.h"

namespace plimsoll::benchmark {

// What a rule looks at: which tree its paths start from.
enum class Subject { host, runtime, container, image };
std::string_view name_of(Subject subject);

// The level of a failure, the first whose `when` holds; the last has none.
struct SeverityChoice {
  SeverityLevel level = SeverityLevel::medium;
  std::optional<Condition> when;
};

// One check, as docs/benchmark-rules.md defines it.
struct Rule {
  std::string id, section, title, why, remedy, fail_reason;
  Subject subject = Subject::host;
  std::vector<SeverityChoice> severity;
  std::vector<std::string> references;
  std::optional<Condition> applies;
  Condition pass;
  std::string manual;  // not empty: a person must look; there is no `pass`
  std::vector<FactPath> evidence;
  std::string place;  // "file:line:column" where it is written
  bool built_in = true;
};

// One entry of a control map: what a benchmark calls our rules.
struct Control {
  std::string id, level, title, why_none;
  bool scored = true;
  std::vector<std::string> rules;
};

struct ControlMap {
  std::string benchmark, edition, file;
  std::map<std::string, std::string> sections;  // "5" -> its heading, in our words
  std::optional<Condition> applies;             // over the settings of a host: whether it is about such a host
  std::vector<Control> controls;
};

}  // namespace plimsoll::benchmark
