#include "respond/guard.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "respond/ruleset.h"

namespace plimsoll::respond {
namespace {

Error denied(std::string why) { return {ErrorKind::denied, std::move(why)}; }

bool any_cut(const std::vector<ResponseAction>& actions) {
  return std::any_of(actions.begin(), actions.end(), [](const ResponseAction& a) { return is_cut(a.kind); });
}

bool is_own(const Target& target, const Surroundings& around) {
  if (!around.own_container.empty() && target.state.id.value == around.own_container) return true;
  // A cgroup need not name the container it is of.
  struct stat status{};
  return around.own_mounts != 0 && target.state.pid != 0 &&
         ::stat(("/proc/" + std::to_string(target.state.pid) + "/ns/mnt").c_str(), &status) == 0 &&
         status.st_ino == around.own_mounts;
}

Status check_protection(const Target& target, const Surroundings& around, const std::string& whose) {
  if (is_own(target, around)) return denied(whose + " is Plimsoll itself");
  if (has_label(around.protected_labels, target.state.labels)) return denied(whose + " is protected by a label");
  return Done{};
}

// Containers of a pod share one network: what is done to it is done to all of them.
Status check_sharers(const Target& target, const Surroundings& around) {
  PLIMSOLL_TRY(own, network_of(target));
  for (const Target& other : around.sharing(own.inode, target.id))
    PLIMSOLL_CHECK(check_protection(
        other, around, "the container " + printable(other.state.name, 100) + ", which shares its network,"));
  return Done{};
}

bool is_out_of_service(const AssetId& asset, const std::vector<ResponseRecord>& records) {
  return std::any_of(records.begin(), records.end(), [&](const ResponseRecord& record) {
    return record.asset == asset && is_open(record.phase) && record.phase != ResponsePhase::asked &&
           std::any_of(record.steps.begin(), record.steps.end(),
                       [](const ResponseStep& step) { return changes_something(step.action.kind); });
  });
}

Status check_replicas(const Target& target, const Surroundings& around) {
  const std::string group = group_of(target);
  for (const Target& other : around.running()) {
    if (other.id == target.id || other.state.paused || group_of(other) != group) continue;
    if (!is_out_of_service(other.id, around.records)) return Done{};
  }
  return denied("it is the last one in service of its group (" + printable(group, 100) + "), which the rule spares");
}

}  // namespace

bool changes_something(ActionKind kind) {
  return kind != ActionKind::alert && kind != ActionKind::mark && kind != ActionKind::scan &&
         kind != ActionKind::capture && kind != ActionKind::snapshot;
}

std::string group_of(const Target& target) {
  for (const char* key :
       {"com.docker.swarm.service.name", "com.docker.compose.service", "io.kubernetes.container.name"}) {
    const auto service = target.state.labels.find(key);
    if (service == target.state.labels.end()) continue;
    const auto project = target.state.labels.find("com.docker.compose.project");
    return (project == target.state.labels.end() ? "" : project->second + "/") + service->second;
  }
  return target.state.image;
}

Status check_past(const ResponseRule& rule, const AssetId& asset, const std::vector<ResponseRecord>& records,
                  Instant now) {
  if (rule.mode == ResponseMode::observe) return denied("the rule " + rule.id + " only observes");
  std::set<AssetId> within;
  for (const ResponseRecord& record : records) {
    if (record.rule != rule.id || record.changes.empty()) continue;
    const Instant began = record.changes.front().at;
    if (record.asset == asset && is_open(record.phase))
      return Error{ErrorKind::conflict, "the rule has a response in force there already"};
    if (record.asset == asset && now - began < rule.cooldown)
      return Error{ErrorKind::timeout, "the rule acted on it less than its cooldown ago"};
    if (record.phase != ResponsePhase::refused && now - began < rule.limit.within) within.insert(record.asset);
  }
  within.insert(asset);
  if (within.size() > static_cast<size_t>(rule.limit.most))
    return Error{ErrorKind::limit, "the rule acted on " + std::to_string(within.size() - 1) + " assets within " +
                                       std::to_string(rule.limit.within.count()) + " s; its limit is " +
                                       std::to_string(rule.limit.most)};
  return Done{};
}

Status check_target(const Target& target, const std::vector<ResponseAction>& actions, const ResponseRule* rule,
                    const Surroundings& around) {
  if (rule != nullptr && !is_selected(rule->when.on, target.asset()))
    return denied("the rule " + rule->id + " does not select it");
  const bool changes = std::any_of(actions.begin(), actions.end(),
                                   [](const ResponseAction& action) { return changes_something(action.kind); });
  if (!changes) return Done{};
  PLIMSOLL_CHECK(check_protection(target, around, "it"));
  if (any_cut(actions)) PLIMSOLL_CHECK(check_sharers(target, around));
  if (rule != nullptr && rule->spare_last_replica) return check_replicas(target, around);
  return Done{};
}

}  // namespace plimsoll::respond
