#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "cli/scan_options.h"
#include "notify/settings.h"
#include "server/service.h"

namespace plimsoll::cli {

struct ServeOptions {
  ScanOptions scan;
  server::ServiceOptions service;
  std::string config = notify::settings_path;
  std::string listen = "127.0.0.1:8443";
  std::optional<uint32_t> scan_every;  // seconds; none: as the policy says
  std::string respond_directory;       // of responses; empty: where they usually are
};

}  // namespace plimsoll::cli
