#include "benchmark/map_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "benchmark/condition_file.h"
#include "benchmark/rule_file.h"

namespace plimsoll::benchmark {
namespace {

using policy::Faults;
using policy::MapReader;

bool read_flag(const YamlNode& node, std::string_view name, Faults& faults) {
  if (node.kind != YamlNode::Kind::scalar || (node.text != "true" && node.text != "false")) {
    faults.add(node, fmt::format("\"{}\" must be true or false", name));
  }
  return node.text != "false";
}

Control read_control(const YamlNode& node, Faults& faults) {
  MapReader map(node, {"id", "level", "scored", "title", "rules", "why_none"}, "a control", faults);
  Control control;
  control.id = map.text("id");
  if (map.find("level") != nullptr) control.level = map.text("level");
  if (map.find("title") != nullptr) control.title = map.text("title");
  if (map.find("why_none") != nullptr) control.why_none = map.text("why_none");
  if (const YamlNode* scored = map.find("scored")) control.scored = read_flag(*scored, "scored", faults);
  if (const YamlNode* rules = map.require("rules")) {
    for (const YamlNode* item : policy::elements(*rules, "rules of a control", faults)) {
      control.rules.push_back(item->text);
    }
  }
  if (control.rules.empty() && control.why_none.empty() && map.find("rules") != nullptr) {
    faults.add(node,
               fmt::format("control {} has no rule; name one, or say why in why_none", printable(control.id, 40)));
  }
  return control;
}

// Calls `visit` for each node that names a rule.
template <class Visit>
void over_rule_names(const YamlNode& document, const Visit& visit) {
  const YamlNode* controls = child(document, "controls");
  if (controls == nullptr) return;
  for (const YamlNode& control : controls->items) {
    const YamlNode* rules = child(control, "rules");
    if (rules == nullptr || rules->kind != YamlNode::Kind::sequence) continue;
    for (const YamlNode& rule : rules->items) visit(rule);
  }
}

}  // namespace

ControlMap read_map(const YamlNode& document, const std::string& file, Faults& faults) {
  MapReader map(document, {"schema", "benchmark", "edition", "source", "applies", "sections", "controls"},
                "a control map", faults);
  check_schema(map, "plimsoll.map/1", faults);
  ControlMap out;
  out.file = file;
  out.benchmark = map.text("benchmark");
  out.edition = map.text("edition");
  if (const YamlNode* applies = map.find("applies")) out.applies = read_condition(*applies, faults);
  if (const YamlNode* sections = map.find("sections")) {
    if (sections->kind != YamlNode::Kind::map) faults.add(*sections, "sections is a map; write \"1\": Host");
    for (size_t i = 0; i < sections->keys.size() && i < sections->items.size(); ++i) {
      out.sections[sections->keys[i].text] = sections->items[i].text;
    }
  }
  std::set<std::string> ids;
  const YamlNode* list = map.require("controls");
  if (list == nullptr) return out;
  for (const YamlNode* item : policy::elements(*list, "controls", faults)) {
    out.controls.push_back(read_control(*item, faults));
    if (!ids.insert(out.controls.back().id).second) {
      faults.add(*item, fmt::format("control {} is given twice; keep one", printable(out.controls.back().id, 40)));
    }
  }
  return out;
}

void check_rules_of_map(const YamlNode& document, const std::vector<std::string>& ids, Faults& faults) {
  over_rule_names(document, [&](const YamlNode& rule) {
    if (std::binary_search(ids.begin(), ids.end(), rule.text)) return;
    const auto hint = policy::nearest(rule.text, ids);
    faults.add(rule, fmt::format("there is no rule \"{}\"{}", printable(rule.text, 80),
                                 hint ? fmt::format("; did you mean \"{}\"?", *hint) : "; write the rule first"));
  });
}

}  // namespace plimsoll::benchmark
