#include "base/embedded.h"

#include <cstdint>

namespace plimsoll {
namespace {

struct Row {
  const char* name;
  const char* bytes;
  uint64_t size;
};

}  // namespace

// Written by plimsoll_embed() of cmake/PlimsollRoom.cmake; ends with a row of zeros.
extern "C" const Row plimsoll_embedded_table[];

std::optional<std::string_view> embedded_file(std::string_view path) {
  for (const Row* row = plimsoll_embedded_table; row->name != nullptr; ++row) {
    if (path == row->name) return std::string_view(row->bytes, row->size);
  }
  return std::nullopt;
}

std::vector<std::string_view> embedded_files(std::string_view prefix) {
  std::vector<std::string_view> names;
  for (const Row* row = plimsoll_embedded_table; row->name != nullptr; ++row) {
    if (std::string_view(row->name).substr(0, prefix.size()) == prefix) names.emplace_back(row->name);
  }
  return names;
}

}  // namespace plimsoll
