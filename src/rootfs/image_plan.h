#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rootfs/tree.h"

namespace plimsoll::rootfs {

struct PlannedLayer {
  LayerDigest digest;      // diff id; that of the blob where the configuration does not tell
  std::string member;      // where its bytes are: a path in the archive or the layout
  std::string sha256;      // what the bytes there must hash to; empty when nobody says
  std::string media_type;  // empty when nobody says
};

// An image before its layers are read.
struct ImagePlan {
  ImageConfig config;
  std::vector<PlannedLayer> layers;  // lowest first
  IncompleteList notes;              // what is odd about it
};

// Reads a small file of the archive or layout by its path in it; not_found when there is none.
using ReadMember = std::function<Result<std::string>(const std::string& path)>;

// The image `which` (a tag; empty: the first) of an archive or layout: by manifest.json of `docker save` where there is
// one, else by index.json of OCI. `platform` "os/architecture[/variant]", empty for this machine's.
Result<ImagePlan> plan_image(const ReadMember& read, std::string_view which, std::string_view platform);

// "linux/amd64"
std::string platform_of_this_machine();

}  // namespace plimsoll::rootfs
