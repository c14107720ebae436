#pragma once
#include <zlib.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace plimsoll {

// zlib's window bits of a gzip member, of a zlib stream, and of bare deflate.
inline constexpr int gzip_window = 16 + MAX_WBITS, zlib_window = MAX_WBITS, bare_window = -MAX_WBITS;

// For tests: `bytes`, packed. Ends the test program where zlib does not manage.
inline std::string deflated(std::string_view bytes, int window_bits, int level = 6) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace plimsoll
