#include "inventory/found.h"

#include <utility>

namespace plimsoll::inventory {

void not_assessed(Found& found, std::string what, std::string reason) {
  found.not_assessed.push_back({std::move(what), std::move(reason), {}});
}

}  // namespace plimsoll::inventory
