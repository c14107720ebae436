#include "benchmark/fixture_file.h"

#include <fmt/format.h>

#include "base/text.h"
#include "benchmark/condition_file.h"
#include "model/names.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::benchmark {
namespace {

using policy::Faults;
using policy::MapReader;

FactTree scalar(const YamlNode& node, Faults& faults) {
  if (node.quoted) return FactTree::of(node.text, "fixture");
  if (node.text == "true" || node.text == "false") return FactTree::of(node.text == "true", "fixture");
  if (const auto number = parse_whole_number(node.text)) return FactTree::of(*number, "fixture");
  if (!node.text.empty() && node.text.find_first_not_of("0123456789") == std::string::npos) {
    faults.add(node, "a number with a leading zero; write 0o644 for a mode, or quote it as text");
  }
  return FactTree::of(node.text, "fixture");
}

FactTree tree_of(const YamlNode& node, Faults& faults) {
  if (node.tag == "!unknown") return FactTree::unknown_because(node.text.empty() ? "not read" : node.text, "fixture");
  if (node.tag == "!absent") return {};
  if (!node.tag.empty()) faults.add(node, "there are only the tags !unknown REASON and !absent");
  switch (node.kind) {
    case YamlNode::Kind::null:
      return {};
    case YamlNode::Kind::scalar:
      return scalar(node, faults);
    case YamlNode::Kind::sequence: {
      FactTree list = FactTree::list_of({}, "fixture");
      for (const YamlNode& item : node.items) list.items.push_back(tree_of(item, faults));
      return list;
    }
    case YamlNode::Kind::map:
      break;
  }
  FactTree map = FactTree::map_of({}, "fixture");
  for (size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
    if (!map.members.emplace(node.keys[i].text, tree_of(node.items[i], faults)).second) {
      faults.add(node.keys[i], "given twice; keep one");
    }
  }
  return map;
}

Fixture read_fixture(const YamlNode& node, Faults& faults) {
  MapReader map(node, {"expect", "severity", "facts", "host", "runtime", "runtimes", "container", "image", "judged"},
                "a fixture", faults);
  Fixture fixture;
  fixture.line = node.line;
  const auto outcome = parse_check_outcome(map.text("expect"));
  if (!outcome) faults.add(node, "expect must be pass, fail, not applicable or unknown");
  fixture.expect = outcome.value_or(CheckOutcome::unknown);
  if (const YamlNode* severity = map.find("severity")) {
    const auto level = parse_severity_level(severity->text);
    if (!level) faults.add(*severity, "severity must be critical, high, medium or low");
    fixture.severity = level.value_or(SeverityLevel::unknown);
  }
  const auto take = [&](const char* key, FactTree& tree) {
    if (const YamlNode* given = map.find(key)) tree = tree_of(*given, faults);
  };
  (void)map.require("facts");
  take("facts", fixture.facts);
  take("host", fixture.host);
  take("runtime", fixture.runtime);
  take("runtimes", fixture.runtimes);
  take("container", fixture.container);
  take("image", fixture.image);
  take("judged", fixture.judged);
  return fixture;
}

}  // namespace

Result<std::vector<Fixture>> parse_fixtures(std::string_view text, const std::string& file_name) {
  PLIMSOLL_TRY(document, parse_yaml(text, file_name, YamlTags::allowed));
  Faults faults(file_name);
  std::vector<Fixture> fixtures;
  for (const YamlNode* item : policy::elements(document, "a fixture file", faults)) {
    fixtures.push_back(read_fixture(*item, faults));
  }
  if (!faults.empty()) return faults.error();
  return fixtures;
}

}  // namespace plimsoll::benchmark
