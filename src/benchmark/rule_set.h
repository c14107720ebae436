#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "benchmark/rule.h"

namespace plimsoll::benchmark {

// One rule file or control map, which says so by its schema: as text, or parsed by the build (policy/tree_image.h).
struct SourceFile {
  std::string name, text;
  bool built_in = true;
  std::string_view image;  // where this is not empty, `text` is not looked at
};

// All rules and maps, compiled, in the order of the files.
struct RuleSet {
  std::vector<Rule> rules;
  std::vector<ControlMap> maps;
  std::vector<std::string> switched_off;  // ids that the policy took away

  const Rule* find(std::string_view id) const;  // null when there is none
};

// The files built into the program: data/benchmarks/{maps,rules}.
std::vector<SourceFile> built_in_files();

// Reads all files. A user's rule (built_in false) takes the place of a built-in one of the same id, and a user's map
// that of a built-in one of the same benchmark and edition; otherwise an id given twice is a fault. `off` are ids, or
// beginnings of ids that end in ".*"; one that hits no rule is a fault of `off_place`. Every fault of every file is in
// the one error, a line each: "FILE:LINE:COLUMN: what".
Result<RuleSet> load_rules(const std::vector<SourceFile>& files, const std::vector<std::string>& off = {},
                           const std::string& off_place = "policy: benchmark.off");

}  // namespace plimsoll::benchmark
