#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/fact_tree.h"

namespace plimsoll::runtime {

// A TOML document (https://toml.io/en/v1.0.0) as a tree: tables are maps, dates and floating-point numbers their texts;
// letters beyond ASCII are `?`.
// malformed: no TOML; limit: nested too deeply for a file of settings. `what` names it in the error, which tells the
// line.
Result<FactTree> tree_from_toml(std::string_view text, const std::string& what);

}  // namespace plimsoll::runtime
