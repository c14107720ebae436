#include "probe/network/flow_hash.h"

#include <sys/random.h>

namespace plimsoll::probe {

uint64_t FlowHash::seed() {
  static const uint64_t value = [] {
    uint64_t random = 0;
    return ::getrandom(&random, sizeof random, GRND_NONBLOCK) == sizeof random ? random : 0x5bd1e995;
  }();
  return value;
}

}  // namespace plimsoll::probe
