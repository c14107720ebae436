#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "network/sensor.h"

namespace plimsoll::respond {

// The newest packets of a capture, within a number of bytes, as a pcapng file (draft-ietf-opsawg-pcapng): one section,
// one interface of `link`, enhanced packet blocks with nanoseconds. Packets of another link type are left out.
class PacketRing {
 public:
  explicit PacketRing(uint64_t most_bytes) : most_bytes_(most_bytes) {}
  void add(const network::Packet& packet);
  size_t packets() const { return blocks_.size(); }
  uint64_t left_out() const { return left_out_; }
  std::string file(const std::string& comment) const;

 private:
  uint64_t most_bytes_, bytes_ = 0, left_out_ = 0;
  std::deque<std::string> blocks_;  // packet blocks
  std::vector<uint16_t> links_;     // as interfaces, in the order they came
};

}  // namespace plimsoll::respond
