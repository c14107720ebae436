#include "policy/route_file.h"

#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "model/names.h"

namespace plimsoll::policy {
namespace {

void check_schema(MapReader& map, std::string_view schema, Faults& faults) {
  const YamlNode* given = map.require("schema");
  if (given != nullptr && given->text != schema) {
    faults.add(*given, fmt::format("schema \"{}\" is not one this program reads; write schema: {}",
                                   printable(given->text, 80), schema));
  }
}

std::vector<std::string> names_in(const YamlNode& node, std::string_view what, Faults& faults) {
  std::vector<std::string> names;
  for (const YamlNode* item : elements(node, what, faults)) {
    if (item->kind == YamlNode::Kind::scalar && !item->text.empty()) {
      names.push_back(item->text);
    } else {
      faults.add(*item, fmt::format("{} holds names of conditions; see docs/routes.md", what));
    }
  }
  return names;
}

// A condition's name; a list (all of them); or a map with one of all, any, none.
RouteNeed read_need(const YamlNode& node, Faults& faults) {
  RouteNeed need;
  const auto take = [&](const YamlNode& list, RouteNeed::Kind kind) {
    need.kind = kind;
    for (const YamlNode* item : elements(list, "needs", faults)) need.needs.push_back(read_need(*item, faults));
  };
  if (node.kind == YamlNode::Kind::scalar) {
    need.condition = node.text;
  } else if (node.kind == YamlNode::Kind::sequence) {
    take(node, RouteNeed::Kind::all);
  } else {
    const MapReader map(node, {"all", "any", "none"}, "needs", faults);
    if (node.keys.size() != 1) faults.add(node, "needs with keys has exactly one: all, any or none");
    if (const YamlNode* all = map.find("all")) {
      take(*all, RouteNeed::Kind::all);
    } else if (const YamlNode* any = map.find("any")) {
      take(*any, RouteNeed::Kind::any);
    } else if (const YamlNode* none = map.find("none")) {
      take(*none, RouteNeed::Kind::none);
    }
  }
  return need;
}

RouteRule read_route(const YamlNode& node, Faults& faults) {
  MapReader map(node, {"id", "title", "why", "remedy", "technique", "certainty", "leads", "needs", "clears"}, "a route",
                faults);
  RouteRule rule;
  rule.id = map.text("id");
  rule.title = map.text("title");
  rule.why = map.text("why");
  rule.remedy = map.text("remedy");
  rule.technique = map.text("technique");
  const auto certainty = parse_certainty(map.text("certainty"));
  if (!certainty) {
    if (const YamlNode* given = map.find("certainty")) faults.add(*given, "certainty must be sure, likely or maybe");
  } else {
    rule.certainty = *certainty;
  }
  if (const YamlNode* given = map.find("leads")) {
    const auto leads = parse_leads(given->text);
    if (!leads) faults.add(*given, "leads must be host, secrets, sideways or outage");
    rule.leads = leads.value_or(Leads::host);
  }
  if (const YamlNode* needs = map.require("needs")) rule.needs = read_need(*needs, faults);
  if (const YamlNode* clears = map.find("clears")) rule.clears = names_in(*clears, "clears", faults);
  return rule;
}

CveRule read_cve(const YamlNode& node, Faults& faults) {
  MapReader map(node, {"cve", "component", "route", "title", "remedy", "upstream", "needs"}, "a CVE", faults);
  CveRule rule;
  rule.cve = map.text("cve");
  rule.component = map.text("component");
  rule.route = map.text("route");
  rule.title = map.text("title");
  rule.remedy = map.text("remedy");
  if (const YamlNode* upstream = map.require("upstream")) {
    for (const YamlNode* item : elements(*upstream, "upstream", faults)) {
      MapReader range(*item, {"introduced", "fixed"}, "a range", faults);
      const YamlNode* introduced = range.find("introduced");
      rule.upstream.push_back({introduced != nullptr ? introduced->text : "", range.text("fixed")});
    }
  }
  rule.needs.kind = RouteNeed::Kind::all;  // no needs: any process of the container will do
  if (const YamlNode* needs = map.find("needs")) rule.needs = read_need(*needs, faults);
  return rule;
}

}  // namespace

std::vector<RouteRule> read_routes(const YamlNode& document, Faults& faults) {
  MapReader map(document, {"schema", "routes"}, "a routes file", faults);
  check_schema(map, "plimsoll.routes/1", faults);
  std::vector<RouteRule> rules;
  std::set<std::string> ids;
  const YamlNode* list = map.require("routes");
  if (list == nullptr) return rules;
  for (const YamlNode* item : elements(*list, "routes", faults)) {
    rules.push_back(read_route(*item, faults));
    if (!ids.insert(rules.back().id).second) {
      faults.add(*item, fmt::format("route \"{}\" is given twice; keep one", printable(rules.back().id, 80)));
    }
  }
  return rules;
}

std::vector<CveRule> read_cves(const YamlNode& document, Faults& faults) {
  MapReader map(document, {"schema", "cves"}, "a CVE file", faults);
  check_schema(map, "plimsoll.cves/1", faults);
  std::vector<CveRule> rules;
  std::set<std::pair<std::string, std::string>> ids;
  const YamlNode* list = map.require("cves");
  if (list == nullptr) return rules;
  for (const YamlNode* item : elements(*list, "cves", faults)) {
    rules.push_back(read_cve(*item, faults));
    if (!ids.insert({rules.back().cve, rules.back().component}).second) {
      faults.add(*item, fmt::format("{} is given twice for {}; keep one", printable(rules.back().cve, 80),
                                    printable(rules.back().component, 80)));
    }
  }
  return rules;
}

}  // namespace plimsoll::policy
