#include "network/packet/defragment.h"

#include <algorithm>

namespace plimsoll::network {
namespace {

constexpr uint32_t longest_datagram = 65'535;

bool is_v6(const Decoded& fragment) { return !fragment.ip.empty() && fragment.ip[0] >> 4 == 6; }

}  // namespace

void Defragmenter::drop(Place place) {
  held_ -= place->bytes;
  by_key_.erase(place->key);
  by_age_.erase(place);
}

void Defragmenter::make_room(Time at) {
  while (!by_age_.empty() &&
         (at - by_age_.front().began > limits_.age || by_age_.size() > limits_.datagrams || held_ > limits_.bytes)) {
    ++lost_;
    drop(by_age_.begin());
  }
}

// False: the datagram is spoilt.
bool Defragmenter::insert(Pieces& pieces, const Decoded& fragment) {
  const uint32_t begin = fragment.fragment.offset;
  const auto length = static_cast<uint32_t>(fragment.payload.size());
  const uint32_t end = begin + length;
  // Every fragment but the last holds a multiple of 8 bytes.
  if (length < fragment.payload_length || end > longest_datagram || length == 0) return false;
  if (fragment.fragment.more && length % 8 != 0) return false;
  if (!fragment.fragment.more) {
    if (pieces.end && *pieces.end != end) return false;
    pieces.end = end;
  }
  if (pieces.by_offset.size() >= limits_.fragments_each) return false;
  uint32_t at = begin;
  const auto add = [&](uint32_t until) {
    if (until <= at) return;
    const auto from = fragment.payload.begin() + (at - begin);
    pieces.by_offset.emplace(at, std::vector<uint8_t>(from, from + (until - at)));
    pieces.bytes += until - at;
    held_ += until - at;
  };
  auto next = pieces.by_offset.upper_bound(at);
  if (next != pieces.by_offset.begin()) {
    const auto before = std::prev(next);
    const uint32_t before_end = before->first + static_cast<uint32_t>(before->second.size());
    const bool same = before->first == begin && before_end == end;
    if (is_v6(fragment) && before_end > at && !same) return false;
    at = std::max(at, before_end);
  }
  while (at < end) {
    if (next == pieces.by_offset.end() || next->first >= end) {
      add(end);
      break;
    }
    if (is_v6(fragment)) return false;
    add(next->first);
    at = std::max(at, next->first + static_cast<uint32_t>(next->second.size()));
    ++next;
  }
  return true;
}

std::optional<Decoded> Defragmenter::whole(Place place, const Decoded& like) {
  if (!place->end) return std::nullopt;
  uint32_t at = 0;
  for (const auto& [offset, bytes] : place->by_offset) {
    if (offset != at) return std::nullopt;
    at += static_cast<uint32_t>(bytes.size());
  }
  if (at < *place->end) return std::nullopt;
  // As one datagram, with a plain IP header, for whoever wants to see one.
  const bool v6 = is_v6(like);
  const size_t header = v6 ? 40 : 20;
  joined_.assign(like.ip.begin(), like.ip.begin() + static_cast<ptrdiff_t>(header));
  for (const auto& [offset, bytes] : place->by_offset) joined_.insert(joined_.end(), bytes.begin(), bytes.end());
  joined_.resize(header + *place->end);
  const size_t total = v6 ? *place->end : joined_.size();
  const size_t length_at = v6 ? 4 : 2;
  joined_[length_at] = static_cast<uint8_t>(total >> 8);
  joined_[length_at + 1] = static_cast<uint8_t>(total);
  if (v6) {
    joined_[6] = like.protocol;
  } else {
    joined_[0] = 0x45;
    joined_[6] = joined_[7] = 0;
  }
  drop(place);
  if (total > longest_datagram) {  // more than IP can say: the "ping of death"
    ++lost_;
    return std::nullopt;
  }
  Decoded out = like;
  out.fragment = {};
  out.ip = joined_;
  out.payload = out.ip.subspan(header);
  out.payload_length = static_cast<uint32_t>(out.payload.size());
  decode_transport(out);
  return out;
}

std::optional<Decoded> Defragmenter::add(const Decoded& fragment, Time at) {
  const Key key{fragment.source.address, fragment.destination.address, fragment.fragment.id, fragment.protocol};
  auto found = by_key_.find(key);
  if (found != by_key_.end() && at - found->second->began > limits_.age) {
    ++lost_;
    drop(found->second);
    found = by_key_.end();
  }
  if (found == by_key_.end()) {
    by_age_.push_back(Pieces{key, at, {}, std::nullopt, 0});
    found = by_key_.emplace(key, std::prev(by_age_.end())).first;
  }
  const Place place = found->second;
  if (!insert(*place, fragment)) {
    ++lost_;
    drop(place);
    return std::nullopt;
  }
  auto joined = whole(place, fragment);
  make_room(at);
  return joined;
}

}  // namespace plimsoll::network
