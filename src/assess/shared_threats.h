#pragma once
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "assess/listed.h"
#include "model/ids.h"

namespace plimsoll::assess {

// What judging reads of the threats of many assets, each that is told apart held once: containers of one image have the
// same ones. Texts that only reports show are left out.
class SharedThreats {
 public:
  SharedThreats() = default;
  SharedThreats(const SharedThreats&) = delete;
  SharedThreats& operator=(const SharedThreats&) = delete;

  void add(const AssetId& asset, const std::vector<Threat>& threats);
  // In the order in which they were added; null where nothing was added of this asset.
  const Listed* of(const AssetId& asset) const;

 private:
  struct Hash {
    size_t operator()(const Threat& threat) const;
  };
  std::unordered_set<Threat, Hash> threats_;  // whose elements stay where they are
  std::unordered_map<std::string, Listed> of_;
};

}  // namespace plimsoll::assess
