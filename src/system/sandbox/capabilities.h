#pragma once
#include <cstdint>

namespace plimsoll::system::sandbox {

// The capabilities of the calling thread, as bits by number (capabilities(7)).
struct Capabilities {
  uint64_t effective = 0, permitted = 0, inheritable = 0;
};

// False: the kernel does not say (errno).
bool read_capabilities(Capabilities& out);
// Holds these and no others. False: refused (errno).
bool write_capabilities(uint64_t held);
// Empties the bounding and the ambient set. Refused without CAP_SETPCAP; then nothing can be gained either, as long as
// no program is executed.
void drop_bounding_set();

}  // namespace plimsoll::system::sandbox
