// Reads "A<TAB>B" lines, prints <, = or > for each as librpm orders them: the other side of version_differential.py.
#include <rpm/rpmver.h>

#include <iostream>
#include <string>

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const size_t tab = line.find('\t');
    if (tab == std::string::npos) return 2;
    rpmver a = rpmverParse(line.substr(0, tab).c_str()), b = rpmverParse(line.substr(tab + 1).c_str());
    if (a == nullptr || b == nullptr) return 2;
    const int order = rpmverCmp(a, b);
    std::cout << (order < 0 ? '<' : order > 0 ? '>' : '=') << '\n';
    rpmverFree(a);
    rpmverFree(b);
  }
}
