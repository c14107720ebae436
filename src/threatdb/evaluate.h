#pragma once
#include <span>
#include <string_view>

#include "feed/advisory.h"
#include "version/compare.h"

namespace plimsoll::threatdb {

struct EventView {
  feed::EventKind kind = feed::EventKind::introduced;
  std::string_view version;
};

enum class Verdict { unaffected, affected, unknown };

struct RangeVerdict {
  Verdict verdict = Verdict::unaffected;
  // When affected: the smallest fixed event above the version (empty: none), and the event that made it so.
  std::string_view fixed, introduced, last_affected;
};

// OSV's evaluation of one range (https://ossf.github.io/osv-schema/#evaluation): sort the events by version, walk up to
// the version, the last event that applies decides; `limit` events bound the whole. Events of equal version keep their
// order. "0" is before every version. Unknown when the scheme can not compare the version with an event.
RangeVerdict evaluate_range(version::Scheme scheme, std::span<const EventView> events, std::string_view version);

}  // namespace plimsoll::threatdb
