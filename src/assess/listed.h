#pragma once
#include <vector>

#include "model/threat.h"

namespace plimsoll::assess {

// The threats of one asset while it is judged: those of its report, or what many assets share (SharedThreats).
// Borrowed.
using Listed = std::vector<const Threat*>;

inline Listed list_of(const std::vector<Threat>& threats) {
  Listed out;
  out.reserve(threats.size());
  for (const Threat& threat : threats) out.push_back(&threat);
  return out;
}

}  // namespace plimsoll::assess
