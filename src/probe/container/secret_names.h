#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::probe {

// Whether a variable of this name usually holds a secret: a word of it is PASSWORD, TOKEN, SECRET, ..., and it does not
// name a file or a public key.
bool is_secret_name(std::string_view name);

// The names of such variables in an environment block ("A=1\0B=2\0"), sorted, each once. Values are never kept.
std::vector<std::string> secret_names(std::string_view environment);

}  // namespace plimsoll::probe
