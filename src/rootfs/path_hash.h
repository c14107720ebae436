#pragma once
#include <cstdint>
#include <string_view>

namespace plimsoll::rootfs {

// A 64-bit stand-in for a path. Keyed with random bytes drawn at construction, so that the maker of an image cannot
// find two paths with one hash and so make a file look hidden that is not. SipHash-1-3 (Aumasson, Bernstein 2012).
class PathHash {
 public:
  PathHash();
  PathHash(uint64_t key0, uint64_t key1) : key0_(key0), key1_(key1) {}
  uint64_t operator()(std::string_view path) const;

 private:
  uint64_t key0_ = 0;
  uint64_t key1_ = 0;
};

}  // namespace plimsoll::rootfs
