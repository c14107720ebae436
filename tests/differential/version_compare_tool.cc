// Reads "scheme<TAB>A<TAB>B" lines, prints <, =, > or ? for each: our side of version_differential.py.
#include <iostream>
#include <string>

#include "base/text.h"
#include "version/compare.h"

int main() {
  using namespace plimsoll;
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const auto fields = split(line, '\t');
    const auto scheme = fields.size() == 3 ? version::scheme_of(fields[0]) : std::nullopt;
    if (!scheme) return 2;
    const auto order = version::compare(*scheme, fields[1], fields[2]);
    std::cout << (!order ? '?' : *order < 0 ? '<' : *order > 0 ? '>' : '=') << '\n';
  }
}
