#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inventory/apk.h"
#include "inventory/dpkg.h"
#include "inventory/go_binary.h"
#include "inventory/lock_files.h"
#include "inventory/os_release.h"
#include "inventory/purl.h"
#include "inventory/python.h"

using namespace plimsoll::inventory;

namespace {

void check(const Found& found) {
  for (const auto& package : found.packages) {
    if (package.name.empty() || package.name.size() > max_field || package.version.size() > max_field) __builtin_trap();
    if (purl_of(package, std::nullopt).find_first_of(" \n\t\"<>") != std::string::npos) __builtin_trap();
  }
}

}  // namespace

// Every cataloger that reads lines of text sees the same bytes: a seed of one is nonsense to the others, as it should
// be.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const FileSink ignore = [](std::string_view, std::string_view) {};
  check(parse_dpkg_status(text, false));
  check(parse_dpkg_status(text, true));
  each_dpkg_file(text, "p", ignore);
  check(parse_apk_text(text, ignore));
  check(parse_go_modules(text.substr(0, text.find('\n')), text));
  for (const auto& found : {parse_python_metadata(text), parse_yarn_lock(text), parse_pnpm_lock(text)}) {
    if (found.ok()) check(*found);
  }
  static_cast<void>(parse_os_release(text));
  static_cast<void>(parse_redhat_release(text));
  return 0;
}
