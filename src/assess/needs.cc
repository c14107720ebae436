#include "assess/needs.h"

#include <algorithm>

#include "assess/judge.h"

namespace plimsoll::assess {
namespace {

Tristate any_of(const RouteNeed& need, const ConditionSet& conditions) {
  Tristate best = Tristate::no;
  for (const RouteNeed& child : need.needs) best = std::max(best, evaluate(child, conditions));
  return best;
}

void collect(const RouteNeed& need, const ConditionSet& conditions, bool wanted, std::vector<Condition>& out) {
  if (need.kind == RouteNeed::Kind::condition) {
    Condition condition = conditions.get(need.condition);
    const bool counts = condition.state == Tristate::unknown || (condition.state == Tristate::yes) == wanted;
    if (counts && std::find(out.begin(), out.end(), condition) == out.end()) out.push_back(std::move(condition));
    return;
  }
  const bool below = need.kind == RouteNeed::Kind::none ? !wanted : wanted;
  const Tristate whole = evaluate(need, conditions);
  for (const RouteNeed& child : need.needs) {
    // Of alternatives only those that decide: the open ones where one is open, else the unknown ones.
    if (need.kind == RouteNeed::Kind::any && evaluate(child, conditions) != whole) continue;
    collect(child, conditions, below, out);
  }
}

}  // namespace

ConditionSet::ConditionSet(const std::vector<Condition>& conditions) {
  for (const Condition& condition : conditions) by_name_.emplace(condition.name, condition);
}

Condition ConditionSet::get(const std::string& name) const {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) return found->second;
  return {name, Tristate::unknown, "this program knows no such condition"};
}

Tristate ConditionSet::state(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found != by_name_.end() ? found->second.state : Tristate::unknown;
}

ConditionSet ConditionSet::without(const std::vector<std::string>& cleared) const {
  ConditionSet out = *this;
  for (const std::string& name : cleared) {
    const auto found = out.by_name_.find(name);
    if (found != out.by_name_.end()) found->second.state = Tristate::no;
  }
  return out;
}

Tristate evaluate(const RouteNeed& need, const ConditionSet& conditions) {
  static_assert(Tristate::no < Tristate::unknown && Tristate::unknown < Tristate::yes);  // Kleene: and = min, or = max
  switch (need.kind) {
    case RouteNeed::Kind::condition:
      return conditions.state(need.condition);
    case RouteNeed::Kind::any:
      return any_of(need, conditions);
    case RouteNeed::Kind::none:
      return negate(any_of(need, conditions));
    case RouteNeed::Kind::all:
      break;
  }
  Tristate worst = Tristate::yes;
  for (const RouteNeed& child : need.needs) worst = std::min(worst, evaluate(child, conditions));
  return worst;
}

std::vector<Condition> evidence_of(const RouteNeed& need, const ConditionSet& conditions) {
  std::vector<Condition> out;
  collect(need, conditions, true, out);
  return out;
}

void names_in(const RouteNeed& need, std::vector<std::string>& names) {
  if (need.kind == RouteNeed::Kind::condition) names.push_back(need.condition);
  for (const RouteNeed& child : need.needs) names_in(child, names);
}

}  // namespace plimsoll::assess
