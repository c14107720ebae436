#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "assess/condition_table.h"
#include "model/facts.h"

namespace plimsoll::assess {

// Building blocks of the conditions. Three-valued logic of Kleene: unknown stays unknown unless the other side decides.

Tristate negate(Tristate v);
Judged from_fact(const Fact<bool>& fact, const std::string& yes, const std::string& no, const std::string& what);
Judged from_map(const std::map<std::string, Fact<bool>>& facts, const std::string& key, const std::string& yes,
                const std::string& no);
Judged both(const Judged& a, const Judged& b);    // and
Judged either(const Judged& a, const Judged& b);  // or
Judged inverse(Judged v);

// The worst over all processes of the container: yes if one is, else unknown if one is, else no. No process known:
// unknown.
Judged any_process(const ContainerFacts& container, const std::function<Judged(const ProcessFacts&)>& judge);

// Whether setuid programs lead this process to root: it is not root, privileges may be gained, such files exist.
Tristate setuid_reachable(const ContainerFacts& container, const ProcessFacts& process);

// Capabilities the process has or can reach (c.caps_reachable of CONTAINER_FACTS section 2): `sure` holds in any case,
// `possible` also counts what unknown facts may allow. Nothing known: sure 0, possible all.
struct ReachableCaps {
  uint64_t sure = 0, possible = 0;
  std::string source;
};
ReachableCaps reachable_caps(const ContainerFacts& container, const ProcessFacts& process);

// A sysctl as text; null when unknown or absent.
const std::string* sysctl(const HostFacts& host, const std::string& name);

}  // namespace plimsoll::assess
