#include "network/detect/keys.h"

#include <sys/random.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace plimsoll::network {
namespace {

uint64_t random_seed() {
  uint64_t seed = 0;
  // Without random bytes the seed stays 0: then collisions cost time, never memory.
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof seed)) seed = 0;
  return seed;
}

uint64_t hashed(const void* bytes, size_t size) {
  static const uint64_t seed = random_seed();
  return XXH3_64bits_withSeed(bytes, size, seed);
}

uint8_t* put(uint8_t* at, const Endpoint& endpoint) {
  at = std::copy(endpoint.address.bytes.begin(), endpoint.address.bytes.end(), at);
  *at++ = static_cast<uint8_t>(endpoint.port >> 8);
  *at++ = static_cast<uint8_t>(endpoint.port & 0xFF);
  return at;
}

}  // namespace

Address source_key(const Address& source) {
  Address out = source;
  if ((source.bytes[0] & 0xE0) == 0x20) std::fill(out.bytes.begin() + 8, out.bytes.end(), uint8_t{0});
  return out;
}

uint64_t hash_of(const Address& address) { return hashed(address.bytes.data(), address.bytes.size()); }

size_t KeyHash::operator()(const Pair& pair) const {
  std::array<uint8_t, 32> bytes{};
  std::copy(pair.source.bytes.begin(), pair.source.bytes.end(), bytes.begin());
  std::copy(pair.target.bytes.begin(), pair.target.bytes.end(), bytes.begin() + 16);
  return hashed(bytes.data(), bytes.size());
}

size_t KeyHash::operator()(const Endpoint& endpoint) const {
  std::array<uint8_t, 18> bytes{};
  put(bytes.data(), endpoint);
  return hashed(bytes.data(), bytes.size());
}

size_t KeyHash::operator()(const FlowKey& key) const {
  std::array<uint8_t, 37> bytes{};
  bytes[0] = static_cast<uint8_t>(key.transport);
  put(put(bytes.data() + 1, key.client), key.server);
  return hashed(bytes.data(), bytes.size());
}

}  // namespace plimsoll::network
