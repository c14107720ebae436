#pragma once
#include <string>
#include <vector>

#include "model/facts.h"
#include "model/ids.h"
#include "runtime/runtime.h"

namespace plimsoll::probe {

// A container whose connections are told apart from the host's.
struct Watched {
  AssetId asset;
  std::string name;
  int pid = 0;         // its first process on the host
  std::string cgroup;  // path that tells its processes; may be empty
  std::vector<PublishedPort> published;
  std::vector<std::string> addresses;  // by its runtime: only where a relay or a published port points at one
  bool operator==(const Watched&) const = default;
};

// "docker:<container id>", as the analyzer names it.
AssetId asset_of(const ContainerFacts& facts);
Watched watched(const ContainerFacts& facts, const std::string& cgroup);
std::vector<Watched> watched(const std::vector<runtime::Listed>& containers);

}  // namespace plimsoll::probe
