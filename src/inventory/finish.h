#pragma once
#include <optional>
#include <string>
#include <vector>

#include "inventory/catalogers.h"
#include "model/inventory.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// What one cataloger made of one file of one layer.
struct FileFinding {
  std::string path;
  size_t layer = 0;
  const Cataloger* cataloger = nullptr;
  Found found;
  std::optional<Error> error;
};

// Turns the findings of a whole walk into an inventory: drops what the finished tree does not show, picks the
// os-release, names layers of origin, owners, ecosystems and package URLs, merges duplicates and sorts. The order of
// `findings` does not matter.
Inventory finish(std::vector<FileFinding> findings, const rootfs::Tree& tree);

}  // namespace plimsoll::inventory
