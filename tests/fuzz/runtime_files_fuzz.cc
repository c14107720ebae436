// Bytes that claim to be dockerd's configuration file or its command line: never a crash, and no setting
// without a kind.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "probe/runtime/daemon_defaults.h"
#include "probe/runtime/daemon_process.h"
#include "probe/runtime/daemon_settings.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)probe::read_daemon_file(bytes, "/etc/docker/daemon.json");
  std::vector<std::string> arguments;
  for (const auto word : split(bytes, '\0')) arguments.emplace_back(word);
  const probe::Flags flags = probe::parse_flags(arguments);
  for (const probe::DaemonSetting& setting : probe::daemon_settings_table()) {
    const auto flag = flags.find(setting.flag);
    if (flag == flags.end()) continue;
    if (flag->second.empty()) std::abort();
    if (probe::setting_from_flag(setting, flag->second).kind == FactTree::Kind::absent) std::abort();
  }
  return 0;
}
