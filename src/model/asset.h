#pragma once
#include <map>
#include <string>

#include "model/ids.h"

namespace plimsoll {

enum class AssetKind { host, container, image };

// What is scored.
struct Asset {
  AssetId id;
  AssetKind kind = AssetKind::image;
  std::string name;      // container name, image reference, host name
  std::string node;      // name of the machine it is on; empty for a bare image
  std::string image;     // image reference a container runs; else empty
  std::string platform;  // "linux/amd64", "AWS EC2 (t3.small)"; free text
  std::string status;    // "running", "paused", "image", "host"...
  std::map<std::string, std::string> labels;
  bool operator==(const Asset&) const = default;
};

}  // namespace plimsoll
