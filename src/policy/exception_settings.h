#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/exception.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// The key of a policy document, and of an entry of `scoped`, below which stand threats that somebody took the
// responsibility for.
inline constexpr std::string_view exceptions_key = "exceptions";
// What the id of each begins with: those that people made by the service begin otherwise.
inline constexpr std::string_view exception_id_prefix = "policy:";

// Adds those of `list`, which stands in `file`, to `out`. `scope`: the assets of the entry they stand in; null: they
// say themselves, or are for all. One without owner, reason or end is a fault. Each gets the id "policy:ID", or
// "policy:FILE:LINE" where none is given, and its place as created_by.
void read_exceptions(const YamlNode& list, const std::string& file, const AssetSelection* scope,
                     std::vector<Exception>& out, Faults& faults);

}  // namespace plimsoll::policy
