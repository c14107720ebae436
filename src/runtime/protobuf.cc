#include "runtime/protobuf.h"

#include <optional>

#include "base/bytes.h"

namespace plimsoll::runtime {
namespace {

enum Wire : uint64_t { varint_wire = 0, fixed64_wire = 1, bytes_wire = 2, fixed32_wire = 5 };

std::optional<uint64_t> varint_of(ByteReader& bytes) {
  uint64_t out = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = bytes.u8();
    if (!byte || (shift == 63 && *byte > 1)) return std::nullopt;
    out |= static_cast<uint64_t>(*byte & 0x7f) << shift;
    if ((*byte & 0x80) == 0) return out;
  }
  return std::nullopt;
}

std::optional<ProtoField> field_of(ByteReader& bytes) {
  constexpr uint64_t most_number = (uint64_t{1} << 29) - 1;
  const auto key = varint_of(bytes);
  if (!key || (*key >> 3) == 0 || (*key >> 3) > most_number) return std::nullopt;
  ProtoField out;
  out.number = static_cast<uint32_t>(*key >> 3);
  std::optional<uint64_t> value;
  switch (*key & 7) {
    case varint_wire:
      value = varint_of(bytes);
      break;
    case fixed64_wire:
      value = bytes.u64le();
      break;
    case fixed32_wire:
      value = bytes.u32le();
      break;
    case bytes_wire: {
      const auto size = varint_of(bytes);
      const auto within = size && *size <= bytes.remaining() ? bytes.take(*size) : std::nullopt;
      if (!within) return std::nullopt;
      out.bytes = *within;
      out.has_bytes = true;
      return out;
    }
    default:  // groups, which nobody writes any more
      return std::nullopt;
  }
  if (!value) return std::nullopt;
  out.value = *value;
  return out;
}

}  // namespace

Status read_message(std::string_view message, const std::function<Status(const ProtoField&)>& visit) {
  ByteReader bytes(message);
  while (bytes.remaining() > 0) {
    const auto field = field_of(bytes);
    if (!field) return Error{ErrorKind::malformed, "a protobuf message that cannot be read"};
    PLIMSOLL_CHECK(visit(*field));
  }
  return Done{};
}

Status add_map_entry(std::string_view entry, std::map<std::string, std::string>& into, size_t most) {
  std::string key, value;
  PLIMSOLL_CHECK(read_message(entry, [&](const ProtoField& field) {
    if (field.number == 1) key = field.text();
    if (field.number == 2) value = field.text();
    return Status(Done{});
  }));
  if (into.size() >= most && !into.contains(key)) return Error{ErrorKind::limit, "a map of too many entries"};
  into[key] = std::move(value);
  return Done{};
}

void ProtoWriter::varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7f) | 0x80);
  bytes_ += static_cast<char>(value);
}

ProtoWriter& ProtoWriter::text(uint32_t number, std::string_view value) {
  if (value.empty()) return *this;  // what is not there is empty
  varint((uint64_t{number} << 3) | bytes_wire);
  varint(value.size());
  bytes_.append(value);
  return *this;
}

ProtoWriter& ProtoWriter::number(uint32_t number, uint64_t value) {
  if (value == 0) return *this;
  varint((uint64_t{number} << 3) | varint_wire);
  varint(value);
  return *this;
}

}  // namespace plimsoll::runtime
