#include "feed/inflate.h"

#include <isa-l.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace plimsoll::feed {
namespace {

constexpr size_t kMaxPacked = size_t{1} << 30;
constexpr size_t kMaxMembers = 65536;  // an empty member costs time, too

// ISA-L reads only, but its structures hold pointers to non-const bytes.
uint8_t* input(std::string_view bytes) { return reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data())); }

std::string_view reason(int code) {
  switch (code) {
    case ISAL_END_INPUT:
      return "compressed data is cut short";
    case ISAL_INVALID_WRAPPER:
      return "gzip header is broken";
    case ISAL_UNSUPPORTED_METHOD:
      return "gzip member is not deflated";
    case ISAL_INCORRECT_CHECKSUM:
      return "checksum does not match";
    default:
      return "compressed data is broken";
  }
}

Error malformed(std::string_view why) { return Error{ErrorKind::malformed, std::string(why)}; }

// One gzip member from the front of `rest`, appended to `out`. The whole input is handed over once: ISA-L may give back
// bytes at the end of a member that it took in an earlier call.
Status gunzip_member(inflate_state& state, std::string_view& rest, size_t limit, std::string& out) {
  constexpr size_t kStep = size_t{1} << 20;
  isal_inflate_init(&state);
  state.crc_flag = ISAL_GZIP;
  state.next_in = input(rest);
  state.avail_in = static_cast<uint32_t>(rest.size());
  while (state.block_state != ISAL_BLOCK_FINISH) {
    const size_t before = out.size();
    const size_t room = std::min(kStep, limit - before + 1);  // one byte past the limit shows that there is more
    const uint32_t left = state.avail_in;
    out.resize(before + room);
    state.next_out = reinterpret_cast<uint8_t*>(out.data() + before);
    state.avail_out = static_cast<uint32_t>(room);
    const int code = isal_inflate(&state);
    const size_t made = room - state.avail_out;
    out.resize(before + made);
    if (code != ISAL_DECOMP_OK && code != ISAL_END_INPUT && code != ISAL_OUT_OVERFLOW) return malformed(reason(code));
    if (out.size() > limit) {
      return Error{ErrorKind::limit, "unpacks to more than " + std::to_string(limit >> 20) + " MiB"};
    }
    const bool finished = state.block_state == ISAL_BLOCK_FINISH;
    if (!finished && made == 0 && state.avail_in >= left) return malformed(reason(ISAL_END_INPUT));
  }
  if (state.avail_in > rest.size()) return malformed(reason(ISAL_INVALID_BLOCK));
  rest.remove_prefix(rest.size() - state.avail_in);
  return Done{};
}

}  // namespace

Status inflate_exactly(std::string_view deflated, size_t size, std::string& into) {
  if (size >= std::numeric_limits<uint32_t>::max() || deflated.size() >= std::numeric_limits<uint32_t>::max()) {
    return Error{ErrorKind::limit, "larger than 4 GiB"};
  }
  // About 90 KB that ISA-L sets up itself: not zeroed here.
  const auto state = std::unique_ptr<inflate_state>(new inflate_state);
  isal_inflate_init(state.get());
  into.resize(size + 1);  // one byte more, so that data longer than declared shows
  state->next_in = input(deflated);
  state->avail_in = static_cast<uint32_t>(deflated.size());
  state->next_out = reinterpret_cast<uint8_t*>(into.data());
  state->avail_out = static_cast<uint32_t>(size + 1);
  state->crc_flag = ISAL_DEFLATE;
  const int code = isal_inflate_stateless(state.get());
  const size_t made = size + 1 - state->avail_out;
  into.resize(std::min(made, size));
  if (made > size || code == ISAL_OUT_OVERFLOW) return malformed("unpacks to more than its declared size");
  if (code != ISAL_DECOMP_OK) return malformed(reason(code));
  if (made < size) return malformed("unpacks to less than its declared size");
  return Done{};
}

uint32_t crc32_of(std::string_view bytes) {
  return crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

Result<std::string> gunzip(std::string_view bytes, size_t limit) {
  if (bytes.size() > kMaxPacked) return Error{ErrorKind::limit, "larger than 1 GiB"};
  const auto state = std::make_unique<inflate_state>();
  std::string out;
  std::string_view rest = bytes;
  for (size_t members = 0; is_gzip(rest); ++members) {
    if (members == kMaxMembers)
      return Error{ErrorKind::limit, "more than " + std::to_string(kMaxMembers) + " gzip members"};
    PLIMSOLL_CHECK(gunzip_member(*state, rest, limit, out));
  }
  if (rest.size() == bytes.size()) return malformed("is not gzip");
  if (rest.find_first_not_of('\0') != std::string_view::npos)
    return malformed("gzip data is followed by something else");
  return out;
}

}  // namespace plimsoll::feed
