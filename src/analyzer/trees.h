#pragma once
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "base/result.h"
#include "model/report.h"
#include "rootfs/tree.h"
#include "system/descriptor.h"

namespace plimsoll::analyzer {

// A file tree to be read by somebody who may open nothing: what he needs is open already.
struct TreeSource {
  enum class Kind { directory, archive, layout, stream } kind = Kind::directory;
  std::string name;               // for messages
  system::Descriptor file;        // the directory, archive or layout
  rootfs::ByteSource stream;      // of Kind::stream
  rootfs::ImageConfig config;     // of Kind::stream: what the engine says of the image
  std::vector<std::string> skip;  // of Kind::directory: paths below it that are not entered
  std::string forbidden;          // names directly below it that the reader may not even open, separated by blanks
};

// The host's own files: "/" without pseudo file systems and without the runtimes' stores (those are the containers').
Result<TreeSource> open_host_tree(const Report& report);

// A running container through its own root (/proc/PID/root), without directories of the host mounted into it whole:
// their packages are the host's and are counted there.
Result<TreeSource> open_container_tree(const ContainerFacts& container);

// An image, an archive, a layout or a bare root directory.
Result<TreeSource> open_target_tree(const Settings& settings, const Target& target);

}  // namespace plimsoll::analyzer
