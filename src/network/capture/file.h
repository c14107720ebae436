#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "network/sensor.h"

namespace plimsoll::network {

// Fills `buffer`; how many bytes it got, 0 at the end.
using ReadBytes = std::function<Result<size_t>(uint8_t* buffer, size_t capacity)>;
ReadBytes read_descriptor(int descriptor);  // which stays the caller's

// A capture file, read front to back: pcap (libpcap's savefile format, micro- and nanoseconds, both byte orders) or
// pcapng (draft-ietf-opsawg-pcapng: several sections and interfaces). Holds one block at a time, of at most 16 MiB.
class CaptureFile {
 public:
  // `name` stands in errors. malformed: no capture file; unsupported: of a link type that is not known here.
  static Result<CaptureFile> open(ReadBytes read, std::string name);

  // True: `packet` is the next one, its bytes valid until the next call. False: the end. An error says at which byte
  // the file breaks off or contradicts itself; nothing more can be read then.
  Result<bool> next(Packet& packet);

  // Packets of interfaces whose link type is not known, left out (pcapng only).
  uint64_t unknown_link() const { return unknown_link_; }
  uint64_t bytes_read() const { return offset_; }

 private:
  struct Interface {
    std::optional<LinkType> link;
    uint32_t snap_length = 0;
    uint8_t resolution = 6;      // if_tsresol: a power of ten, or of two with the high bit
    int64_t offset_seconds = 0;  // if_tsoffset
  };

  CaptureFile(ReadBytes read, std::string name) : read_(std::move(read)), name_(std::move(name)) {}
  Result<bool> have(size_t count);
  Status take(size_t count, std::string_view what);
  Error broken(std::string_view why) const;
  uint16_t u16(size_t at) const;
  uint32_t u32(size_t at) const;
  Status open_pcap();
  Result<bool> next_pcap(Packet& packet);
  Result<bool> next_block(Packet& packet, bool& is_packet);
  Status begin_section();
  Status add_interface(size_t body);
  Result<bool> packet_of_block(uint32_t type, size_t body, Packet& packet);

  ReadBytes read_;
  std::string name_;
  std::vector<uint8_t> buffer_;
  size_t begin_ = 0, end_ = 0;  // what of buffer_ is read and not yet taken
  uint64_t offset_ = 0;         // in the file, of the block or record in hand
  const uint8_t* block_ = nullptr;
  bool big_endian_ = false, ng_ = false, nanoseconds_ = false;
  LinkType link_ = LinkType::ethernet;
  std::vector<Interface> interfaces_;
  uint64_t unknown_link_ = 0;
};

}  // namespace plimsoll::network
