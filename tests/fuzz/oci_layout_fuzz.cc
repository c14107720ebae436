// Any bytes as each JSON document of an image. Every reference in them finds one of these documents again, so that
// nested and circular indexes are followed.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "rootfs/image_json.h"
#include "rootfs/image_plan.h"

using namespace plimsoll;
using namespace plimsoll::rootfs;

// The input is up to three documents with NUL bytes between them: index.json, whatever "blobs/sha512/..." names, and
// manifest.json.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t first = std::min(all.find('\0'), size);
  const size_t second = std::min(all.find('\0', std::min(first + 1, size)), size);
  const std::string_view index = all.substr(0, first);
  const std::string_view blob = all.substr(std::min(first + 1, size), second - std::min(first + 1, second));
  const std::string_view manifest = all.substr(std::min(second + 1, size));
  int reads = 0;
  const ReadMember read = [&](const std::string& path) -> Result<std::string> {
    if (++reads > 2000) return Error{ErrorKind::bug, "reads without end"};
    if (path == "index.json") return std::string(index);
    if (path == "manifest.json") {
      return manifest.empty() ? Result<std::string>(Error{ErrorKind::not_found, "none"}) : std::string(manifest);
    }
    return std::string(blob);
  };
  (void)plan_image(read, {}, "linux/amd64");
  (void)plan_image(read, "web:1", {});
  (void)parse_docker_manifest(all);
  (void)parse_image_config(all);
  if (reads > 4200) __builtin_trap();
  return 0;
}
