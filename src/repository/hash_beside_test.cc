#include "repository/hash_beside.h"

#include <gtest/gtest.h>

namespace plimsoll::repository {
namespace {

TEST(HashBeside, IsTheHashOfAllPiecesInTheirOrder) {
  std::string text;
  for (int i = 0; text.size() < (size_t{5} << 20); ++i) text += std::to_string(i);
  for (const size_t size : {size_t{0}, size_t{1000}, size_t{512} << 10, text.size()}) {
    for (const size_t piece : {size_t{777}, size_t{64} << 10, size_t{3} << 20}) {
      const std::string_view some = std::string_view(text).substr(0, size);
      HashBeside hash;
      for (size_t at = 0; at < some.size(); at += piece) hash.update(some.substr(at, piece));
      EXPECT_EQ(hash.hex(), sha256_hex(some)) << size << " in pieces of " << piece;
    }
  }
  HashBeside given_up;
  for (int i = 0; i < 4; ++i) given_up.update(text);
}

}  // namespace
}  // namespace plimsoll::repository
