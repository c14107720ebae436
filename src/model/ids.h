#pragma once
#include <compare>
#include <string>

namespace plimsoll {

// A string that names one kind of thing; ids of different kinds do not mix.
template <class Tag>
struct Id {
  std::string value;
  auto operator<=>(const Id&) const = default;
  bool empty() const { return value.empty(); }
};

using AssetId = Id<struct AssetIdTag>;          // "host:<machine-id>", "<runtime>:<container id>", "image:<digest>"
using ContainerId = Id<struct ContainerIdTag>;  // 64 hex digits with the known runtimes
using ImageDigest = Id<struct ImageDigestTag>;  // "sha256:<hex>" of the image configuration
using LayerDigest = Id<struct LayerDigestTag>;  // "sha256:<hex>" of the uncompressed layer (diff id)
using ThreatId = Id<struct ThreatIdTag>;        // CVE, GHSA, check id...

}  // namespace plimsoll
