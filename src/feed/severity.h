#pragma once
#include <string_view>

#include "model/threat.h"

namespace plimsoll::feed {

// The level that a source's word stands for ("MODERATE", "Important", "negligible"), unknown for any other word.
SeverityLevel severity_word(std::string_view word);

// One opinion from what a source wrote: a CVSS vector (scored), a number 0 to 10, or a word. A vector that is not valid
// is kept as text with level unknown. `into` is overwritten, its source left empty. False when the text says nothing at
// all: no vector, no number, no known word.
bool read_severity(std::string_view text, Severity& into);

}  // namespace plimsoll::feed
