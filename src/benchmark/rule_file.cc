#include "benchmark/rule_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "benchmark/condition_file.h"
#include "model/names.h"

namespace plimsoll::benchmark {
namespace {

using policy::Faults;
using policy::MapReader;

constexpr std::array<std::string_view, 4> kSubjects{"host", "runtime", "container", "image"};

SeverityLevel read_level(const YamlNode& node, Faults& faults) {
  const auto level = parse_severity_level(node.text);
  if (!level || *level == SeverityLevel::unknown) {
    faults.add(node, fmt::format("severity \"{}\" must be critical, high, medium or low", printable(node.text, 40)));
    return SeverityLevel::medium;
  }
  return *level;
}

std::vector<SeverityChoice> read_severity(const YamlNode& node, Faults& faults) {
  if (node.kind == YamlNode::Kind::scalar) return {{read_level(node, faults), std::nullopt}};
  std::vector<SeverityChoice> choices;
  for (const YamlNode* item : policy::elements(node, "severity", faults)) {
    MapReader map(*item, {"level", "when"}, "a severity", faults);
    SeverityChoice choice;
    if (const YamlNode* level = map.require("level")) choice.level = read_level(*level, faults);
    const YamlNode* when = map.find("when");
    if (when != nullptr) choice.when = read_condition(*when, faults);
    if (item != &node.items.back() && when == nullptr) {
      faults.add(*item, "only the last severity of a list stands without \"when\"");
    }
    if (item == &node.items.back() && when != nullptr) {
      faults.add(*item, "the last severity of a list must hold always; add one without \"when\"");
    }
    choices.push_back(std::move(choice));
  }
  if (choices.empty()) choices.emplace_back();
  return choices;
}

std::vector<std::string> read_texts(const YamlNode& node, std::string_view what, Faults& faults) {
  std::vector<std::string> texts;
  for (const YamlNode* item : policy::elements(node, what, faults)) {
    if (item->kind == YamlNode::Kind::scalar && !item->text.empty()) {
      texts.push_back(item->text);
    } else {
      faults.add(*item, fmt::format("{} holds texts; quote this one", what));
    }
  }
  return texts;
}

std::string optional_text(MapReader& map, std::string_view key) {
  return map.find(key) != nullptr ? map.text(key) : std::string();
}

Rule read_rule(const YamlNode& node, Faults& faults) {
  MapReader map(node,
                {"id", "title", "why", "severity", "remedy", "references", "applies", "pass", "evidence", "manual",
                 "fail_reason"},
                "a rule", faults);
  Rule rule;
  rule.id = map.text("id");
  if (const YamlNode* id = map.find("id"); id != nullptr && !rule.id.empty() && !is_rule_id(rule.id)) {
    faults.add(*id, fmt::format("\"{}\" is no rule id; write lower-case words with dots between, as host.sysctl.aslr",
                                printable(rule.id, 80)));
  }
  rule.title = map.text("title");
  rule.manual = optional_text(map, "manual");
  const bool manual = map.find("manual") != nullptr;
  rule.why = manual ? optional_text(map, "why") : map.text("why");
  rule.remedy = manual ? optional_text(map, "remedy") : map.text("remedy");
  rule.fail_reason = optional_text(map, "fail_reason");
  const YamlNode* severity = manual ? map.find("severity") : map.require("severity");
  rule.severity = severity != nullptr ? read_severity(*severity, faults) : std::vector<SeverityChoice>(1);
  if (const YamlNode* list = map.find("references")) rule.references = read_texts(*list, "references", faults);
  if (const YamlNode* applies = map.find("applies")) rule.applies = read_condition(*applies, faults);
  const YamlNode* pass = map.find("pass");
  if (pass != nullptr) rule.pass = read_condition(*pass, faults);
  if (manual == (pass != nullptr)) {
    faults.add(node, "a rule has either \"pass\" (a condition) or \"manual\" (what a person must look at)");
  }
  if (const YamlNode* evidence = map.find("evidence")) {
    for (const YamlNode* path : policy::elements(*evidence, "evidence", faults)) {
      rule.evidence.push_back(read_path(*path, 0, faults));
    }
  }
  return rule;
}

}  // namespace

std::string_view name_of(Subject subject) { return kSubjects[static_cast<size_t>(subject)]; }

bool is_rule_id(std::string_view text) {
  if (text.size() > 120 || text.find('.') == std::string_view::npos) return false;
  const auto parts = split(text, '.');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
  });
}

void check_schema(MapReader& map, std::string_view schema, Faults& faults) {
  const YamlNode* given = map.require("schema");
  if (given != nullptr && given->text != schema) {
    faults.add(*given, fmt::format("schema \"{}\" is not one this program reads here; write schema: {}",
                                   printable(given->text, 80), schema));
  }
}

std::vector<Rule> read_rules(const YamlNode& document, const std::string& file, Faults& faults) {
  MapReader map(document, {"schema", "section", "subject", "rules"}, "a rule file", faults);
  check_schema(map, "plimsoll.rules/1", faults);
  const std::string section = map.text("section");
  const std::string subject = map.text("subject");
  const auto known = std::find(kSubjects.begin(), kSubjects.end(), subject);
  if (known == kSubjects.end() && !subject.empty()) {
    faults.add(*map.find("subject"),
               fmt::format("subject \"{}\" must be host, runtime, container or image", printable(subject, 40)));
  }
  std::vector<Rule> rules;
  const YamlNode* list = map.require("rules");
  if (list == nullptr) return rules;
  for (const YamlNode* item : policy::elements(*list, "rules", faults)) {
    Rule rule = read_rule(*item, faults);
    rule.section = section;
    rule.subject = known == kSubjects.end() ? Subject::host : static_cast<Subject>(known - kSubjects.begin());
    rule.place = fmt::format("{}:{}:{}", printable(file, 256), item->line, item->column);
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace plimsoll::benchmark
