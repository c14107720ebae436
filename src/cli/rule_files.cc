#include "cli/rule_files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "benchmark/names.h"
#include "policy/faults.h"
#include "version/compare.h"

namespace plimsoll::cli {
namespace {

namespace fs = std::filesystem;
using benchmark::slug_of;

constexpr size_t kMaxFiles = 2000, kMaxFileBytes = size_t{1} << 20;

// Every *.yaml in `directory` and below, in the order of their names.
Result<std::vector<std::string>> yaml_files(const std::string& directory) {
  std::vector<std::string> files;
  std::error_code failed;
  fs::recursive_directory_iterator at(directory, failed), end;
  for (; !failed && at != end; at.increment(failed)) {
    if (at.depth() > 8) at.disable_recursion_pending();
    if (at->path().extension() != ".yaml" || !at->is_regular_file(failed)) continue;
    files.push_back(at->path().string());
    if (files.size() > kMaxFiles) {
      return Error{ErrorKind::limit, "holds more than 2000 files of rules", printable(directory), "name another"};
    }
  }
  if (failed) {
    return Error{ErrorKind::not_found, "cannot be read as a directory of rules: " + failed.message(),
                 printable(directory), "see docs/benchmark-rules.md"};
  }
  std::sort(files.begin(), files.end());
  return files;
}

Status take_directory(const std::string& directory, std::vector<benchmark::SourceFile>& into) {
  PLIMSOLL_TRY(files, yaml_files(directory));
  for (const std::string& file : files) {
    PLIMSOLL_TRY(text, read_file(file, kMaxFileBytes));
    into.push_back({file, std::move(text), false});
  }
  return Done{};
}

Error unknown_name(const std::string& what, const std::string& name, const std::vector<std::string>& known,
                   const std::string& advice) {
  const auto hint = policy::nearest(name, known);
  return {ErrorKind::not_found,
          "there is no " + what + " '" + printable(name, 100) + "'",
          {},
          hint ? "did you mean " + *hint + "?" : advice};
}

class Narrowing {
 public:
  Narrowing(benchmark::RuleSet& rules, const RuleChoice& choice) : rules_(rules), choice_(choice) {}

  Result<std::vector<benchmark::ControlMap>> run() {
    for (const std::string& pack : choice_.packs) PLIMSOLL_CHECK(take_pack(pack));
    if (!choice_.edition.empty() && maps_.empty()) {
      return Error{ErrorKind::malformed,
                   "--edition needs a benchmark beside it",
                   {},
                   "as in: plimsoll benchmark cis-docker --edition " + printable(choice_.edition, 40)};
    }
    if (!choice_.checks.empty()) PLIMSOLL_CHECK(take_checks());
    std::erase_if(rules_.rules, [&](const benchmark::Rule& rule) { return wanted_.count(rule.id) == 0; });
    return std::move(maps_);
  }

 private:
  Status take_pack(const std::string& pack) {
    const benchmark::ControlMap* newest = nullptr;
    std::vector<std::string> editions, known;
    for (const benchmark::ControlMap& map : rules_.maps) {
      known.push_back(slug_of(map.benchmark));
      if (slug_of(map.benchmark) != lower(pack)) continue;
      editions.push_back(map.edition);
      if (!choice_.edition.empty() && map.edition != choice_.edition) continue;
      const auto order =
          newest == nullptr ? std::nullopt : version::compare(version::Scheme::dpkg, map.edition, newest->edition);
      if (newest == nullptr || (order && *order > 0)) newest = &map;
    }
    if (newest != nullptr) {
      for (const benchmark::Control& control : newest->controls)
        wanted_.insert(control.rules.begin(), control.rules.end());
      maps_.push_back(*newest);
      return Done{};
    }
    if (!editions.empty())
      return unknown_name("edition", choice_.edition, editions, "there are " + join(editions, ", "));
    const size_t before = wanted_.size();
    for (const benchmark::Rule& rule : rules_.rules) {
      known.push_back(rule.id.substr(0, rule.id.find('.')));
      if (rule.id.starts_with(pack + ".") || slug_of(rule.section) == lower(pack)) wanted_.insert(rule.id);
    }
    if (wanted_.size() > before) return Done{};
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    return unknown_name("benchmark or group of checks", pack, known, "there are " + join(known, ", "));
  }

  Status take_checks() {
    std::set<std::string> chosen;
    std::vector<std::string> known;
    for (const benchmark::Rule& rule : rules_.rules) known.push_back(rule.id);
    for (const std::string& check : choice_.checks) {
      const size_t before = chosen.size();
      if (rules_.find(check) != nullptr) chosen.insert(check);
      for (const benchmark::ControlMap& map : maps_) {
        for (const benchmark::Control& control : map.controls) {
          if (control.id == check) chosen.insert(control.rules.begin(), control.rules.end());
        }
      }
      if (chosen.size() == before) return unknown_name("check", check, known, "plimsoll benchmark --list names all");
    }
    wanted_ = std::move(chosen);
    for (benchmark::ControlMap& map : maps_) {
      std::erase_if(map.controls, [&](const benchmark::Control& control) {
        return std::none_of(control.rules.begin(), control.rules.end(),
                            [&](const std::string& rule) { return wanted_.count(rule) != 0; });
      });
    }
    return Done{};
  }

  benchmark::RuleSet& rules_;
  const RuleChoice& choice_;
  std::set<std::string> wanted_;
  std::vector<benchmark::ControlMap> maps_;
};

}  // namespace

bool has_own_rules(const std::string& directory) {
  std::error_code failed;
  return !directory.empty() || fs::exists(user_rules_directory, failed);
}

Result<std::vector<benchmark::SourceFile>> read_rule_files(const std::string& directory) {
  std::vector<benchmark::SourceFile> files = benchmark::built_in_files();
  std::error_code failed;
  if (fs::exists(user_rules_directory, failed)) PLIMSOLL_CHECK(take_directory(user_rules_directory, files));
  if (!directory.empty()) PLIMSOLL_CHECK(take_directory(directory, files));
  return files;
}

Result<benchmark::RuleSet> load_rule_set(const std::string& directory, const policy::Policy& policy) {
  PLIMSOLL_TRY(files, read_rule_files(directory));
  return rule_set_of(files, policy);
}

Result<benchmark::RuleSet> rule_set_of(const std::vector<benchmark::SourceFile>& files, const policy::Policy& policy) {
  PLIMSOLL_TRY(rules, benchmark::load_rules(files, policy.scoring.checks_off));
  PLIMSOLL_CHECK(benchmark::check_names(rules, policy));
  return rules;
}

Result<std::vector<benchmark::ControlMap>> narrow(benchmark::RuleSet& rules, const RuleChoice& choice) {
  if (choice.empty()) return rules.maps;
  return Narrowing(rules, choice).run();
}

}  // namespace plimsoll::cli
