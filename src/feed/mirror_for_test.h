#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace plimsoll::feed {

// The mirror of public feeds beside the repository, or where PLIMSOLL_MIRROR says; tests skip where there is none.
inline std::filesystem::path mirror_for_test() {
  const char* given = std::getenv("PLIMSOLL_MIRROR");
  return given != nullptr ? std::filesystem::path(given)
                          : std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "../shared/mirror";
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

}  // namespace plimsoll::feed
