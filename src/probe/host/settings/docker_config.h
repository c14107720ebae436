#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/fact_tree.h"

namespace plimsoll::probe::settings {

// A small JSON document as a tree: objects maps, arrays lists, numbers integers (fractions as text), null absent.
// malformed for what is no JSON; at most 16 deep.
Result<FactTree> parse_json_facts(std::string_view text, const std::string& source);

}  // namespace plimsoll::probe::settings
