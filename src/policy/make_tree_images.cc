// Part of the build: make_tree_images OUT NAME FILE [NAME FILE]... parses each YAML file once and writes C++ with the
// images that built_in_trees() hands out under these names.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>

#include "policy/tree_image.h"

namespace {

std::string numbers_of(std::string_view image) {
  std::string out;
  for (const char byte : image) out += fmt::format("{},", static_cast<unsigned char>(byte));
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc % 2 != 0) return std::fputs("usage: make_tree_images OUT NAME FILE [NAME FILE]...\n", stderr), 2;
  std::string arrays;
  std::map<std::string, std::string> rows;  // in the order of the names
  for (int i = 2; i < argc; i += 2) {
    std::ifstream in(argv[i + 1], std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto tree = plimsoll::parse_yaml(text, argv[i]);
    if (!in || !tree.ok()) {
      fmt::print(stderr, "{}\n", tree.ok() ? std::string("cannot read ") + argv[i + 1] : tree.error().to_string());
      return 1;
    }
    const std::string image = plimsoll::policy::tree_image(*tree);
    arrays += fmt::format("constexpr unsigned char tree{}[] = {{{}}};\n", i, numbers_of(image));
    rows[argv[i]] = fmt::format("    {{\"{}\", bytes_of(tree{})}},\n", argv[i], i);
  }
  std::ofstream out(argv[1], std::ios::binary);
  out << "#include \"policy/tree_image.h\"\n\nnamespace plimsoll::policy {\nnamespace {\n"
      << "template <class T>\nstd::string_view bytes_of(const T& tree) {\n"
      << "  return {reinterpret_cast<const char*>(tree), sizeof tree};\n}\n"
      << arrays << "}  // namespace\n\nstd::span<const BuiltInTree> built_in_trees() {\n"
      << "  static const BuiltInTree rows[] = {\n";
  for (const auto& [name, row] : rows) out << row;
  out << "  };\n  return rows;\n}\n\n}  // namespace plimsoll::policy\n";
  return out.flush() ? 0 : 1;
}
