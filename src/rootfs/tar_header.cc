#include "rootfs/tar_header.h"

#include <limits>

#include "base/text.h"

namespace plimsoll::rootfs {
namespace {

Error broken(std::string message) { return {ErrorKind::malformed, std::move(message)}; }

std::string_view until_nul(std::string_view field) { return field.substr(0, field.find('\0')); }

// Octal digits between blanks and NULs, or base 256 with the top bit of the first byte set (a GNU extension). The
// next bit is the sign; negative numbers have no meaning here.
std::optional<uint64_t> number(std::string_view field) {
  constexpr uint64_t most = std::numeric_limits<int64_t>::max();
  uint64_t value = 0;
  if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) {
    if ((static_cast<unsigned char>(field[0]) & 0x40U) != 0) return std::nullopt;
    for (size_t i = 0; i < field.size(); ++i) {
      if (value > most >> 8U) return std::nullopt;
      const auto byte = static_cast<unsigned char>(field[i]);
      value = value << 8U | (i == 0 ? byte & 0x3fU : byte);
    }
    return value;
  }
  const size_t from = field.find_first_not_of(std::string_view(" \0", 2));
  if (from == std::string_view::npos) return 0;
  field.remove_prefix(from);
  field = field.substr(0, field.find_first_of(std::string_view(" \0", 2)));
  return parse_uint(field, 8);
}

// The sum of all bytes, those of the checksum itself as blanks. Some old writers summed signed bytes.
bool checksum_fits(std::string_view block) {
  const auto stored = number(block.substr(148, 8));
  if (!stored) return false;
  const auto sum_of = [](std::string_view bytes) {
    uint32_t sum = 0;
    for (const char byte : bytes) sum += static_cast<unsigned char>(byte);
    return sum;
  };
  const uint32_t sum = sum_of(block.substr(0, tar_block)) - sum_of(block.substr(148, 8)) + 8 * ' ';
  if (*stored == sum) return true;
  int64_t with_sign = sum;
  for (size_t i = 0; i < tar_block; ++i) {
    if ((i < 148 || i >= 156) && static_cast<signed char>(block[i]) < 0) with_sign -= 256;
  }
  return static_cast<int64_t>(*stored) == with_sign;
}

std::string_view prefix_of(std::string_view block) {
  if (block.substr(257, 6) != std::string_view("ustar\0", 6)) return {};  // v7 and old GNU have none
  const bool star = block.substr(508, 4) == std::string_view("tar\0", 4);
  return until_nul(block.substr(345, star ? 131 : 155));
}

Status take_record(std::string_view key, std::string_view value, PaxRecords& out) {
  if (key == "path" || key == "linkpath" || key == "GNU.sparse.name") {
    if (value.find('\0') != std::string_view::npos) return broken("a name with a NUL byte in an extended tar header");
    auto& field = key == "linkpath" ? out.link : out.path;
    if (value.empty()) {
      field.reset();
    } else {
      field = std::string(value);
    }
  } else if (key == "size" && !value.empty()) {
    out.size = parse_uint(value);
    if (!out.size || *out.size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return broken("a file size that is no number in an extended tar header");
    }
  }
  if (key.starts_with("GNU.sparse.")) out.sparse = true;
  return Done{};
}

}  // namespace

Result<TarHeader> parse_tar_header(std::string_view block) {
  if (block.size() != tar_block || !checksum_fits(block)) return broken("not a tar header (its checksum does not fit)");
  TarHeader out;
  const auto size = number(block.substr(124, 12));
  if (!size) return broken("a tar header with a file size that is no number");
  out.size = *size;
  out.mode = static_cast<uint32_t>(number(block.substr(100, 8)).value_or(0) & 07777U);
  out.name = until_nul(block.substr(0, 100));
  out.link = until_nul(block.substr(157, 100));
  out.type = block[156];
  out.prefix = prefix_of(block);
  out.more_sparse_blocks = out.type == 'S' && block[482] != 0;
  return out;
}

// Each record is "LENGTH KEY=VALUE\n", LENGTH counting itself.
Result<PaxRecords> parse_pax(std::string_view records) {
  PaxRecords out;
  while (!records.empty()) {
    const size_t blank = records.substr(0, 20).find(' ');
    if (blank == std::string_view::npos) return broken("an extended tar header that breaks its format");
    const auto length = parse_uint(records.substr(0, blank));
    if (!length || *length > records.size() || *length < blank + 3 || records[*length - 1] != '\n') {
      return broken("an extended tar header that breaks its format");
    }
    const std::string_view record = records.substr(blank + 1, *length - blank - 2);
    const size_t equals = record.find('=');
    if (equals == std::string_view::npos) return broken("an extended tar header that breaks its format");
    PLIMSOLL_CHECK(take_record(record.substr(0, equals), record.substr(equals + 1), out));
    records.remove_prefix(*length);
  }
  return out;
}

}  // namespace plimsoll::rootfs
