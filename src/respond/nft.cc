#include "respond/nft.h"

#include <nftables/libnftables.h>

#include <memory>

#include "base/late_library.h"
#include "base/text.h"

namespace plimsoll::respond {
namespace {

// The functions of libnftables that are called here. It brings a parser, GMP and jansson along, which no other command
// of the program needs.
struct Library {
  LateLibrary loaded{"libnftables.so.1", RTLD_NOW};
  decltype(nft_ctx_new)* make = loaded.find<decltype(nft_ctx_new)>("nft_ctx_new");
  decltype(nft_ctx_free)* free = loaded.find<decltype(nft_ctx_free)>("nft_ctx_free");
  decltype(nft_ctx_output_set_flags)* flags =
      loaded.find<decltype(nft_ctx_output_set_flags)>("nft_ctx_output_set_flags");
  decltype(nft_ctx_buffer_output)* buffer = loaded.find<decltype(nft_ctx_buffer_output)>("nft_ctx_buffer_output");
  decltype(nft_ctx_buffer_error)* errors = loaded.find<decltype(nft_ctx_buffer_error)>("nft_ctx_buffer_error");
  decltype(nft_ctx_get_output_buffer)* output =
      loaded.find<decltype(nft_ctx_get_output_buffer)>("nft_ctx_get_output_buffer");
  decltype(nft_ctx_get_error_buffer)* error =
      loaded.find<decltype(nft_ctx_get_error_buffer)>("nft_ctx_get_error_buffer");
  decltype(nft_run_cmd_from_buffer)* run = loaded.find<decltype(nft_run_cmd_from_buffer)>("nft_run_cmd_from_buffer");
  bool whole() const { return make && free && flags && buffer && errors && output && error && run; }
};

}  // namespace

Result<std::string> run_nft(const std::string& commands, bool counters) {
  static const Library library;
  if (!library.whole())
    return Error{ErrorKind::unsupported, "libnftables.so.1 cannot be loaded", {}, "install the package libnftables1"};
  // Made anew each time: its socket belongs to the namespace that the thread stands in.
  const std::unique_ptr<nft_ctx, decltype(nft_ctx_free)*> context(library.make(NFT_CTX_DEFAULT), library.free);
  if (!context || library.buffer(context.get()) != 0 || library.errors(context.get()) != 0)
    return Error{ErrorKind::limit, "libnftables cannot be set up"};
  library.flags(context.get(), static_cast<unsigned>(NFT_CTX_OUTPUT_NUMERIC_ALL) |
                                   (counters ? 0u : static_cast<unsigned>(NFT_CTX_OUTPUT_STATELESS)));
  if (library.run(context.get(), commands.c_str()) == 0) {
    const char* said = library.output(context.get());
    return std::string(said != nullptr ? said : "");
  }
  const char* why = library.error(context.get());
  return Error{ErrorKind::conflict, "nftables refuses: " + printable(trim(why != nullptr ? why : ""), 300)};
}

}  // namespace plimsoll::respond
