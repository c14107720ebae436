#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/fact_tree.h"

namespace plimsoll::probe::kubernetes {

// A YAML or JSON document as Kubernetes reads them, as a tree: plain scalars are booleans, whole numbers or texts by
// the rules of YAML 1.1 (sigs.k8s.io/yaml); of a key given twice the last counts. malformed, limit: the text is no such
// document, or not within the bounds of yaml/yaml_tree.h.
Result<FactTree> parse_document(std::string_view text, const std::string& path);

// The node below `map` at "a.b.c"; an absent one where a step is missing.
const FactTree& at_path(const FactTree& map, std::string_view dotted);

// The text of a node, else empty.
const std::string& text_of(const FactTree& node);

bool is_true(const FactTree& node);

}  // namespace plimsoll::probe::kubernetes
