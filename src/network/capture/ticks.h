#pragma once
#include <cstdint>

#include "network/flow_record.h"

namespace plimsoll::network {

// Times of capture files, kept between 1970 and the year 10000 whatever the file says.
Time from_seconds(int64_t seconds, uint32_t microseconds);
// `resolution` is pcapng's if_tsresol: 10^-n of a second, with the high bit 2^-n.
Time from_ticks(uint64_t ticks, uint8_t resolution, int64_t offset_seconds);

}  // namespace plimsoll::network
