#include "assess/judge.h"

#include <fmt/format.h>

#include "base/text.h"

namespace plimsoll::assess {
namespace {

constexpr uint64_t kAllBits = ~uint64_t{0};

std::string process_name(const ProcessFacts& process) {
  return fmt::format("process {} ({})", process.pid, printable(process.name, 64));
}

std::string reason(const std::string& unknown) { return unknown.empty() ? "not read" : printable(unknown, 200); }

std::string joined(const std::string& a, const std::string& b) {
  if (a.empty() || a == b) return b;
  return b.empty() ? a : a + "; " + b;
}

}  // namespace

Tristate negate(Tristate v) {
  if (v == Tristate::unknown) return v;
  return v == Tristate::yes ? Tristate::no : Tristate::yes;
}

Judged from_fact(const Fact<bool>& fact, const std::string& yes, const std::string& no, const std::string& what) {
  if (!fact.known()) return {Tristate::unknown, fmt::format("{}: {}", what, reason(fact.unknown))};
  const std::string source = fact.source.empty() ? "" : fmt::format(" ({})", printable(fact.source, 160));
  return *fact.value ? Judged{Tristate::yes, yes + source} : Judged{Tristate::no, no + source};
}

Judged from_map(const std::map<std::string, Fact<bool>>& facts, const std::string& key, const std::string& yes,
                const std::string& no) {
  const auto found = facts.find(key);
  if (found == facts.end()) return {Tristate::unknown, key + ": not read"};
  return from_fact(found->second, yes, no, key);
}

Judged both(const Judged& a, const Judged& b) {
  if (a.state == Tristate::no) return a;
  if (b.state == Tristate::no) return b;
  if (a.state == Tristate::yes && b.state == Tristate::yes) return {Tristate::yes, joined(a.evidence, b.evidence)};
  if (a.state == Tristate::yes) return b;
  if (b.state == Tristate::yes) return a;
  return {Tristate::unknown, joined(a.evidence, b.evidence)};
}

Judged either(const Judged& a, const Judged& b) { return inverse(both(inverse(a), inverse(b))); }

Judged inverse(Judged v) {
  v.state = negate(v.state);
  return v;
}

Judged any_process(const ContainerFacts& container, const std::function<Judged(const ProcessFacts&)>& judge) {
  if (container.processes.empty()) return {Tristate::unknown, "no process of the container could be read"};
  Judged worst{Tristate::no, {}};
  for (const ProcessFacts& process : container.processes) {
    Judged judged = judge(process);
    if (judged.state == Tristate::yes) return {Tristate::yes, process_name(process) + ": " + judged.evidence};
    if (judged.state == Tristate::unknown && worst.state == Tristate::no) {
      worst = {Tristate::unknown, process_name(process) + ": " + judged.evidence};
    } else if (worst.evidence.empty()) {
      worst.evidence = process_name(process) + ": " + judged.evidence;
    }
  }
  return worst;
}

Tristate setuid_reachable(const ContainerFacts& container, const ProcessFacts& process) {
  if (process.no_new_privs.is(true) || container.setuid_files.is(false)) return Tristate::no;
  if (process.no_new_privs.known() && container.setuid_files.known()) return Tristate::yes;
  return Tristate::unknown;
}

ReachableCaps reachable_caps(const ContainerFacts& container, const ProcessFacts& process) {
  if (!process.capabilities.known()) {
    return {0, kAllBits, "capabilities: " + reason(process.capabilities.unknown)};
  }
  const CapabilitySets& caps = *process.capabilities.value;
  const uint64_t held = caps.effective | caps.permitted | caps.ambient;
  // Inside a user namespace root is not host uid 0; the bounding set is what any exec as the mapped root regains.
  if (process.host_uid.is(0)) return {held | caps.bounding, held | caps.bounding, "uid 0, CapBnd"};
  switch (setuid_reachable(container, process)) {
    case Tristate::yes:
      return {held | caps.bounding, held | caps.bounding, "CapBnd by setuid programs"};
    case Tristate::unknown:
      return {held, held | caps.bounding, "CapBnd, if setuid programs may be used"};
    case Tristate::no:
      break;
  }
  const bool uid_unknown = !process.host_uid.known();
  return {held, uid_unknown ? held | caps.bounding : held, uid_unknown ? "CapPrm (uid not read)" : "CapPrm"};
}

const std::string* sysctl(const HostFacts& host, const std::string& name) {
  const auto found = host.sysctls.find(name);
  return found != host.sysctls.end() && found->second.known() ? &*found->second.value : nullptr;
}

}  // namespace plimsoll::assess
