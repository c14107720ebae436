#include "network/capture/ring.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "system/errno_error.h"

namespace plimsoll::network {
namespace {

constexpr unsigned retire_milliseconds = 100;  // a block that is not full is handed over after this
const char* const kWhere = "packet socket";

Status set(int socket, int option, const void* value, socklen_t size) {
  if (::setsockopt(socket, SOL_PACKET, option, value, size) == 0) return Done{};
  return system::errno_error(errno, "prepare", kWhere);
}

}  // namespace

Result<system::Descriptor> open_ring(const RingShape& shape) {
  // Protocol 0: nothing comes until it is bound. Without link-layer header: what stands there begins with IP.
  system::Descriptor socket(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return system::errno_error(errno, "open", kWhere);
  const int version = TPACKET_V3;
  PLIMSOLL_CHECK(set(socket.get(), PACKET_VERSION, &version, sizeof version));
  tpacket_req3 request{};
  request.tp_block_size = shape.block_bytes;
  request.tp_block_nr = shape.blocks;
  request.tp_frame_size = 2048;  // of no meaning with version 3, but checked
  request.tp_frame_nr = shape.block_bytes / request.tp_frame_size * shape.blocks;
  request.tp_retire_blk_tov = retire_milliseconds;
  PLIMSOLL_CHECK(set(socket.get(), PACKET_RX_RING, &request, sizeof request));
  return socket;
}

Status bind_ring(int ring, uint32_t interface) {
  sockaddr_ll all{};
  all.sll_family = AF_PACKET;
  all.sll_protocol = htons(ETH_P_ALL);
  all.sll_ifindex = static_cast<int>(interface);
  if (::bind(ring, reinterpret_cast<const sockaddr*>(&all), sizeof all) == 0) return Done{};
  return system::errno_error(errno, "listen on", kWhere);
}

RingCounts take_ring_counts(int ring) {
  tpacket_stats_v3 counts{};
  socklen_t length = sizeof counts;
  if (::getsockopt(ring, SOL_PACKET, PACKET_STATISTICS, &counts, &length) != 0) return {};
  return {counts.tp_packets, counts.tp_drops};
}

Result<RingReader> RingReader::map(system::Descriptor ring, const RingShape& shape) {
  const size_t size = size_t{shape.block_bytes} * shape.blocks;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring.get(), 0);
  if (memory == MAP_FAILED) return system::errno_error(errno, "map", kWhere);
  return RingReader(std::move(ring), static_cast<uint8_t*>(memory), shape);
}

RingReader::RingReader(RingReader&& other) noexcept
    : ring_(std::move(other.ring_)),
      memory_(std::exchange(other.memory_, nullptr)),
      shape_(other.shape_),
      next_(other.next_) {}

RingReader::~RingReader() {
  if (memory_ != nullptr) ::munmap(memory_, size_t{shape_.block_bytes} * shape_.blocks);
}

size_t RingReader::take(size_t most_blocks, const std::function<void(const Packet&)>& sink) {
  size_t packets = 0;
  for (size_t i = 0; i < most_blocks; ++i) {
    uint8_t* block = memory_ + size_t{shape_.block_bytes} * next_;
    auto* description = reinterpret_cast<tpacket_block_desc*>(block);
    std::atomic_ref<uint32_t> status(description->hdr.bh1.block_status);
    if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) break;
    packets += read_block({block, shape_.block_bytes}, sink);
    status.store(TP_STATUS_KERNEL, std::memory_order_release);
    next_ = (next_ + 1) % shape_.blocks;
  }
  return packets;
}

size_t read_block(std::span<const uint8_t> block, const std::function<void(const Packet&)>& sink) {
  tpacket_block_desc description;
  if (block.size() < sizeof description) return 0;
  std::memcpy(&description, block.data(), sizeof description);
  size_t at = description.hdr.bh1.offset_to_first_pkt, packets = 0;
  for (uint32_t i = 0; i < description.hdr.bh1.num_pkts; ++i) {
    tpacket3_hdr header;
    sockaddr_ll from;
    // The address stands after the header, aligned (TPACKET_ALIGN).
    constexpr size_t address_at = TPACKET_ALIGN(sizeof header);
    if (at > block.size() || block.size() - at < address_at + sizeof from) break;
    std::memcpy(&header, block.data() + at, sizeof header);
    std::memcpy(&from, block.data() + at + address_at, sizeof from);
    const size_t room = block.size() - at;
    if (header.tp_net > room || header.tp_snaplen > room - header.tp_net) break;
    const bool ip = from.sll_protocol == htons(ETH_P_IP) || from.sll_protocol == htons(ETH_P_IPV6);
    const bool copy = from.sll_pkttype == PACKET_OUTGOING && from.sll_hatype == ARPHRD_LOOPBACK;
    if (ip && !copy) {
      Packet packet;
      packet.at = Time(std::chrono::seconds(header.tp_sec) + std::chrono::microseconds(header.tp_nsec / 1000));
      packet.link = LinkType::raw_ip;
      packet.bytes = block.subspan(at + header.tp_net, header.tp_snaplen);
      packet.original_length = header.tp_len;
      sink(packet);
      ++packets;
    }
    if (header.tp_next_offset == 0) break;
    at += header.tp_next_offset;
  }
  return packets;
}

}  // namespace plimsoll::network
