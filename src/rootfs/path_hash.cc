#include "rootfs/path_hash.h"

#include <bit>
#include <cstring>
#include <random>

namespace plimsoll::rootfs {
namespace {

struct State {
  uint64_t a, b, c, d;

  void round() {
    a += b;
    b = std::rotl(b, 13) ^ a;
    a = std::rotl(a, 32);
    c += d;
    d = std::rotl(d, 16) ^ c;
    a += d;
    d = std::rotl(d, 21) ^ a;
    c += b;
    b = std::rotl(b, 17) ^ c;
    c = std::rotl(c, 32);
  }
  void word(uint64_t value) {
    d ^= value;
    round();
    a ^= value;
  }
};

uint64_t random_word() {
  std::random_device device;
  return uint64_t{device()} << 32U | device();
}

}  // namespace

PathHash::PathHash() : PathHash(random_word(), random_word()) {}

uint64_t PathHash::operator()(std::string_view path) const {
  State state{key0_ ^ 0x736f6d6570736575U, key1_ ^ 0x646f72616e646f6dU, key0_ ^ 0x6c7967656e657261U,
              key1_ ^ 0x7465646279746573U};
  const uint64_t length = path.size();
  for (; path.size() >= 8; path.remove_prefix(8)) {
    uint64_t value = 0;
    std::memcpy(&value, path.data(), sizeof value);
    state.word(value);
  }
  uint64_t last = length << 56U;
  for (size_t i = 0; i < path.size(); ++i) last |= uint64_t{static_cast<unsigned char>(path[i])} << (8 * i);
  state.word(last);
  state.c ^= 0xffU;
  for (int i = 0; i < 3; ++i) state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace plimsoll::rootfs
