#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/route.h"
#include "model/route_rule.h"

namespace plimsoll::assess {

// The judged conditions of one container, by name.
class ConditionSet {
 public:
  ConditionSet() = default;
  explicit ConditionSet(const std::vector<Condition>& conditions);

  // A name nobody judged is unknown, and says so.
  Condition get(const std::string& name) const;
  Tristate state(const std::string& name) const;
  // The same set after a change that ends these conditions.
  ConditionSet without(const std::vector<std::string>& cleared) const;
  // Puts another judgement in place of the one by that name.
  void set(Condition condition) { by_name_[condition.name] = std::move(condition); }

 private:
  std::map<std::string, Condition> by_name_;
};

// Kleene logic over the conditions: all of nothing is yes, any of nothing is no, none is "not any".
Tristate evaluate(const RouteNeed& need, const ConditionSet& conditions);

// The conditions that carry the outcome: those that hold (under `none`: do not hold) or are unknown.
std::vector<Condition> evidence_of(const RouteNeed& need, const ConditionSet& conditions);

// Every condition name that the need mentions.
void names_in(const RouteNeed& need, std::vector<std::string>& names);

}  // namespace plimsoll::assess
