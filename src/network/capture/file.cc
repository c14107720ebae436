#include "network/capture/file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "network/capture/ticks.h"
#include "system/errno_error.h"

namespace plimsoll::network {
namespace {

constexpr size_t longest_block = 16u << 20, read_step = 1u << 20, most_interfaces = 4096;
constexpr uint32_t section_header = 0x0a0d0d0a, interface_description = 1, old_packet = 2, simple_packet = 3,
                   enhanced_packet = 6;

struct LinkRow {
  uint32_t number;  // www.tcpdump.org/linktypes.html
  LinkType link;
};
constexpr std::array link_rows = {
    LinkRow{0, LinkType::null_loopback}, LinkRow{1, LinkType::ethernet}, LinkRow{12, LinkType::raw_ip},
    LinkRow{14, LinkType::raw_ip},       LinkRow{101, LinkType::raw_ip}, LinkRow{108, LinkType::null_loopback},
    LinkRow{113, LinkType::linux_sll},   LinkRow{228, LinkType::raw_ip}, LinkRow{229, LinkType::raw_ip},
    LinkRow{276, LinkType::linux_sll2},
};

std::optional<LinkType> link_of(uint32_t number) {
  for (const LinkRow& row : link_rows) {
    if (row.number == number) return row.link;
  }
  return std::nullopt;
}

}  // namespace

ReadBytes read_descriptor(int descriptor) {
  return [descriptor](uint8_t* buffer, size_t capacity) -> Result<size_t> {
    for (;;) {
      const ssize_t got = ::read(descriptor, buffer, capacity);
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) return system::errno_error(errno, "read", "the capture");
    }
  };
}

Error CaptureFile::broken(std::string_view why) const {
  return {ErrorKind::malformed, fmt::format("{}, at byte {}", why, offset_), printable(name_)};
}

uint16_t CaptureFile::u16(size_t at) const {
  const uint8_t low = block_[at + (big_endian_ ? 1 : 0)], high = block_[at + (big_endian_ ? 0 : 1)];
  return static_cast<uint16_t>(high << 8 | low);
}

uint32_t CaptureFile::u32(size_t at) const {
  const uint32_t first = u16(at), second = u16(at + 2);
  return big_endian_ ? first << 16 | second : second << 16 | first;
}

// Whether `count` more bytes are there.
Result<bool> CaptureFile::have(size_t count) {
  while (end_ - begin_ < count) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (buffer_.size() < std::max(count, read_step)) buffer_.resize(std::max(count, read_step));
    PLIMSOLL_TRY(got, read_(buffer_.data() + end_, buffer_.size() - end_));
    if (got == 0) return false;
    end_ += got;
  }
  block_ = buffer_.data() + begin_;
  return true;
}

Status CaptureFile::take(size_t count, std::string_view what) {
  PLIMSOLL_TRY(there, have(count));
  if (!there) return broken(fmt::format("the file ends in the middle of {}", what));
  return Done{};
}

Result<CaptureFile> CaptureFile::open(ReadBytes read, std::string name) {
  CaptureFile file(std::move(read), std::move(name));
  PLIMSOLL_TRY(there, file.have(4));
  if (there && file.u32(0) == section_header) {  // the same in both byte orders
    file.ng_ = true;
    PLIMSOLL_CHECK(file.begin_section());
    return file;
  }
  if (!there) return file.broken("no capture file: too short");
  PLIMSOLL_CHECK(file.open_pcap());
  return file;
}

Status CaptureFile::open_pcap() {
  constexpr uint32_t micro = 0xa1b2c3d4, nano = 0xa1b23c4d;
  const auto is_magic = [this] { return u32(0) == micro || u32(0) == nano; };
  big_endian_ = !is_magic();
  if (!is_magic()) return broken("no capture file: begins neither as pcap nor as pcapng");
  nanoseconds_ = u32(0) == nano;
  PLIMSOLL_CHECK(take(24, "its header"));
  if (u16(4) != 2) return broken(fmt::format("pcap of version {}, not 2", u16(4)));
  const uint32_t number = u32(20) & 0xffff;  // above: the length of frame check sequences
  const auto link = link_of(number);
  if (!link)
    return Error{ErrorKind::unsupported, fmt::format("captured on a link of type {}, which is not known here", number),
                 printable(name_)};
  link_ = *link;
  begin_ += 24;
  offset_ += 24;
  return Done{};
}

Result<bool> CaptureFile::next(Packet& packet) {
  if (!ng_) return next_pcap(packet);
  for (;;) {
    bool is_packet = false;
    PLIMSOLL_TRY(more, next_block(packet, is_packet));
    if (!more || is_packet) return more;
  }
}

Result<bool> CaptureFile::next_pcap(Packet& packet) {
  PLIMSOLL_TRY(there, have(16));
  if (!there) {
    if (end_ == begin_) return false;
    return broken("the file ends in the middle of a packet's header");
  }
  const uint32_t length = u32(8), original = u32(12);
  if (length > longest_block) return broken(fmt::format("a packet of {} bytes", length));
  PLIMSOLL_CHECK(take(16 + size_t{length}, "a packet"));
  packet.at = from_seconds(u32(0), nanoseconds_ ? u32(4) / 1000 : u32(4));
  packet.link = link_;
  packet.bytes = {block_ + 16, length};
  packet.original_length = std::max(original, length);
  begin_ += 16 + size_t{length};
  offset_ += 16 + uint64_t{length};
  return true;
}

// A section header stands at the beginning: reads its byte order and forgets the interfaces of the last section.
Status CaptureFile::begin_section() {
  PLIMSOLL_CHECK(take(28, "a section header"));
  constexpr uint32_t order = 0x1a2b3c4d;
  big_endian_ = false;
  if (u32(8) != order) big_endian_ = true;
  if (u32(8) != order) return broken("a section header without a byte order");
  if (u16(12) != 1) return broken(fmt::format("pcapng of version {}, not 1", u16(12)));
  interfaces_.clear();
  return Done{};
}

Status CaptureFile::add_interface(size_t body) {
  if (body < 8) return broken("an interface description that is too short");
  if (interfaces_.size() >= most_interfaces) return broken("too many interfaces");
  Interface found{link_of(u16(8)), u32(12), 6, 0};
  // Options: code, length, value, filled up to 4 bytes.
  for (size_t at = 16; at + 4 <= 8 + body;) {
    const uint16_t code = u16(at), length = u16(at + 2);
    at += 4;
    if (code == 0 || at + length > 8 + body) break;
    if (code == 9 && length >= 1) found.resolution = block_[at];
    if (code == 14 && length >= 8) {
      const uint64_t first = u32(at), second = u32(at + 4);
      found.offset_seconds = static_cast<int64_t>(big_endian_ ? first << 32 | second : second << 32 | first);
    }
    at += (size_t{length} + 3) / 4 * 4;
  }
  interfaces_.push_back(found);
  return Done{};
}

// One block: type, length, body, length again.
Result<bool> CaptureFile::next_block(Packet& packet, bool& is_packet) {
  PLIMSOLL_TRY(there, have(8));
  if (!there) {
    if (end_ == begin_) return false;
    return broken("the file ends in the middle of a block's header");
  }
  const uint32_t type = u32(0);
  if (type == section_header) PLIMSOLL_CHECK(begin_section());
  const uint32_t length = u32(4);
  if (length < 12 || length % 4 != 0 || length > longest_block)
    return broken(fmt::format("a block of {} bytes", length));
  PLIMSOLL_CHECK(take(length, "a block"));
  if (u32(length - 4) != length) return broken("a block whose two lengths differ");
  const size_t body = length - 12;
  if (type == interface_description) {
    PLIMSOLL_CHECK(add_interface(body));
  } else if (type == enhanced_packet || type == simple_packet || type == old_packet) {
    PLIMSOLL_TRY(known, packet_of_block(type, body, packet));
    is_packet = known;
  }
  begin_ += length;
  offset_ += length;
  return true;
}

// False: of an interface that cannot be read.
Result<bool> CaptureFile::packet_of_block(uint32_t type, size_t body, Packet& packet) {
  const size_t header = type == simple_packet ? 4 : 20;
  if (body < header) return broken("a packet block that is too short");
  const uint32_t number = type == simple_packet ? 0 : type == old_packet ? u16(8) : u32(8);
  if (number >= interfaces_.size())
    return broken(fmt::format("a packet of interface {}, which is not described", number));
  const Interface& on = interfaces_[number];
  uint32_t length = 0, original = 0;
  if (type == simple_packet) {  // no time of its own
    original = u32(8);
    length = on.snap_length == 0 ? original : std::min(original, on.snap_length);
    length = std::min(length, static_cast<uint32_t>(body - header));
  } else {
    packet.at = from_ticks(uint64_t{u32(12)} << 32 | u32(16), on.resolution, on.offset_seconds);
    length = u32(20);
    original = u32(24);
  }
  if (length > body - header) return broken("a packet longer than its block");
  if (!on.link) {
    ++unknown_link_;
    return false;
  }
  packet.link = *on.link;
  packet.bytes = {block_ + 8 + header, length};
  packet.original_length = std::max(original, length);
  return true;
}

}  // namespace plimsoll::network
