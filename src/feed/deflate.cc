#include "feed/deflate.h"

#include <isa-l.h>

#include <memory>

namespace plimsoll::feed {
namespace {

std::string pack(std::string_view bytes, uint16_t wrapper) {
  const auto stream = std::unique_ptr<isal_zstream>(new isal_zstream);
  isal_deflate_stateless_init(stream.get());
  // ISA-L reads only, but its structure holds pointers to non-const bytes. At level 0 it needs no buffer of its own.
  stream->next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data()));
  stream->avail_in = static_cast<uint32_t>(bytes.size());
  stream->end_of_stream = 1;
  stream->flush = NO_FLUSH;
  stream->gzip_flag = wrapper;
  // Incompressible data become stored blocks of at most 65535 bytes with 5 bytes in front of each; plus the wrapper.
  std::string out(bytes.size() + bytes.size() / 1000 + 1024, '\0');
  stream->next_out = reinterpret_cast<uint8_t*>(out.data());
  stream->avail_out = static_cast<uint32_t>(out.size());
  if (isal_deflate_stateless(stream.get()) != COMP_OK) return {};
  out.resize(stream->total_out);
  return out;
}

}  // namespace

std::string deflated(std::string_view bytes) { return pack(bytes, IGZIP_DEFLATE); }
std::string gzipped(std::string_view bytes) { return pack(bytes, IGZIP_GZIP); }

}  // namespace plimsoll::feed
