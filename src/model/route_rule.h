#pragma once
#include <string>
#include <vector>

#include "model/route.h"

namespace plimsoll {

// A conjunction, disjunction or negation of named conditions.
struct RouteNeed {
  enum class Kind { condition, all, any, none } kind = Kind::condition;
  std::string condition;         // Kind::condition
  std::vector<RouteNeed> needs;  // the others
};

// One escape route as data (data/routes/*.yaml).
struct RouteRule {
  std::string id, title, why, remedy, technique;
  Certainty certainty = Certainty::maybe;
  RouteNeed needs;
  std::vector<std::string> clears;  // conditions that stop holding once the remedy is applied (what to fix first)
  Leads leads = Leads::host;
};

// A kernel or runtime CVE that opens a route where its needs hold (data/routes/cves.yaml).
struct CveRule {
  std::string cve;
  std::string component;  // "kernel", "runc", "containerd", "docker", ...
  struct Range {          // half open: introduced <= version < fixed; empty introduced = since ever
    std::string introduced, fixed;
  };
  std::vector<Range> upstream;
  std::string route;  // id of the route it opens: "esc.kernel_cve", "esc.runtime_cve"
  std::string title, remedy;
  RouteNeed needs;
};

}  // namespace plimsoll
