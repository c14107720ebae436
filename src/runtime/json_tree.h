#pragma once
#include <string>
#include <string_view>

#include "model/fact_tree.h"
#include "runtime/json_reply.h"

namespace plimsoll::runtime {

enum class Keys {
  as_they_are,  // they are data: names of sysctls, of options
  snake_case,   // they are the API's own: "MaximumRetryCount" -> "maximum_retry_count"
};

// A JSON value as a tree. null is absent; a number that is no whole one of 64 bits becomes text. At most 20 000 nodes
// are taken: a list or map cut short is unknown. Of a member that is there twice the last one counts, as in Go's
// decoder.
FactTree tree_from(Json value, const std::string& source, Keys keys = Keys::as_they_are);

// A JSON document as a tree. malformed: no JSON, or nested too deeply. `what` names it in the error.
Result<FactTree> tree_from_text(std::string_view text, const std::string& what);

// Members of the outermost object that are there more than once.
Result<std::vector<std::string>> repeated_members(std::string_view text, const std::string& what);

std::string snake_case(std::string_view camel);

}  // namespace plimsoll::runtime
