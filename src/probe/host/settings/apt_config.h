#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::probe::settings {

// apt.conf(5): values in order, keys in lower case with `::` between; a list item has the list's key and "::" behind.
// `#clear KEY;` takes away what stands below KEY. Bounded: 64 nested blocks, 100 000 values.
using AptValues = std::vector<std::pair<std::string, std::string>>;
void parse_apt_config(std::string_view text, AptValues& values);

std::string last_apt_value(const AptValues& values, std::string_view key);  // empty when unset
std::vector<std::string> apt_list(const AptValues& values, std::string_view key);

// One archive of sources.list(5), either notation.
struct AptSource {
  std::string uri;
  std::string suite;
  bool trusted = false;         // trusted=yes: signatures are not asked for
  bool allow_insecure = false;  // allow-insecure=yes
};
void parse_one_line_sources(std::string_view text, std::vector<AptSource>& sources);
void parse_deb822_sources(std::string_view text, std::vector<AptSource>& sources);

}  // namespace plimsoll::probe::settings
