#pragma once
#include <string>
#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "model/response.h"

namespace plimsoll {

// A threat that somebody took the responsibility for, until a time.
struct Exception {
  enum class Scope { asset, image, everywhere, selection };  // selection: of a policy file
  std::string id;
  ThreatId threat;      // or one of its aliases; of Scope::selection with `*`
  std::string package;  // only in this package; empty: in any
  Scope scope = Scope::asset;
  AssetId asset;      // of Scope::asset
  std::string image;  // of Scope::image: the reference that a container runs, or an image's name
  AssetSelection on;  // of Scope::selection
  std::string reason, owner;
  std::string created_by;
  Instant created_at{}, expires_at{};
  bool operator==(const Exception&) const = default;
};

}  // namespace plimsoll
