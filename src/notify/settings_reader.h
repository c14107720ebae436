#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "notify/settings.h"
#include "policy/faults.h"
#include "policy/number.h"
#include "yaml/yaml_tree.h"

// The pieces of parse_settings().
namespace plimsoll::notify {

Receiver read_receiver(const std::string& name, const YamlNode& node, policy::Faults& faults);
SignOn read_sign_on(const YamlNode& node, policy::Faults& faults);

// One line of printable text; empty with a fault otherwise.
std::string read_line(const YamlNode& node, std::string_view what, policy::Faults& faults);
// One, or a list of at least one.
std::vector<std::string> read_texts(const YamlNode& node, std::string_view what, policy::Faults& faults);
// An absolute path.
std::string read_path(const YamlNode& node, std::string_view what, policy::Faults& faults);

}  // namespace plimsoll::notify
