#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assess/candidates.h"

namespace plimsoll::assess {

// What one candidate changes, or several at once.
class Plan {
 public:
  struct Settings {
    std::vector<std::string> clears;  // conditions that end
    std::set<std::string> closes;     // routes that end, whatever their conditions
    bool hides = false;               // no longer takes connections from the outside
  };
  void add(const Candidate& candidate);

  const std::map<int, std::set<size_t>>& removes() const { return removes_; }
  const std::map<int, std::set<std::string>>& platforms() const { return platforms_; }
  const std::map<int, Settings>& containers() const { return containers_; }

 private:
  std::map<int, std::set<size_t>> removes_;         // threats, by asset
  std::map<int, std::set<std::string>> platforms_;  // components without flaws, by host
  std::map<int, Settings> containers_;
};

// Works plans out one after the other: own levels and edges change, the paths are searched again.
class Trial {
 public:
  explicit Trial(const World& world);

  const std::vector<int>& before() const { return before_; }
  // The scores of all assets once the plan is done.
  std::vector<int> scores_after(const Plan& plan);
  // Who falls how far, largest first.
  std::vector<FixAction::Fall> falls(const std::vector<int>& after) const;

 private:
  const AssetState& asset(int node) const { return world_.assets()[static_cast<size_t>(node)]; }
  std::vector<int> scores(const std::vector<double>& own) const;
  PlatformAdvisories advisories_after(int host, const Plan& plan) const;
  void change_container(int node, const Plan& plan, std::vector<double>& own);
  void put_back(int node);

  const World& world_;
  AttackGraph graph_;  // a copy: its probabilities change and change back
  std::vector<double> own_;
  std::vector<int> before_;
};

}  // namespace plimsoll::assess
