#pragma once
#include <functional>
#include <string>
#include <vector>

#include "model/response.h"
#include "respond/target.h"

// What keeps a response from being done, looked at on the side that has the rights, whatever the other side says.
namespace plimsoll::respond {

// Whether an action changes the container or its traffic; the others only look and tell.
bool changes_something(ActionKind kind);

// By the rule's own past, as the records tell it. conflict: it has an open response for this asset already; timeout: it
// acted on this asset within its cooldown; limit: it acted on as many assets as it may; denied: it only observes. Pure.
Status check_past(const ResponseRule& rule, const AssetId& asset, const std::vector<ResponseRecord>& records,
                  Instant now);

struct Surroundings {
  std::vector<std::string> protected_labels;
  std::string own_container;  // id of the container Plimsoll itself runs in; empty: none is told by its cgroup
  uint64_t own_mounts = 0;    // inode of its mount namespace, where that is not the host's
  std::function<std::vector<Target>(uint64_t network, const AssetId& but)> sharing;  // whose network is the same
  std::function<std::vector<Target>()> running;                                      // asked only when it matters
  std::vector<ResponseRecord> records;
};
// By what the container is. denied: it, or one that shares its network, is protected or is Plimsoll itself; the rule
// does not select it; it is the last of its group and the rule spares that one. `rule` null: a person asks.
Status check_target(const Target& target, const std::vector<ResponseAction>& actions, const ResponseRule* rule,
                    const Surroundings& around);

// The container's group: what the same service, or the same image, runs in several copies.
std::string group_of(const Target& target);

}  // namespace plimsoll::respond
