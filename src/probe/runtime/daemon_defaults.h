#pragma once
#include <span>
#include <string>
#include <vector>

#include "model/fact_tree.h"

namespace plimsoll::probe {

// A setting of dockerd that rules ask for.
struct DaemonSetting {
  enum class Kind { boolean, text, list, map };
  const char* name;  // in daemon.json, and in our tree
  const char* flag;  // on the command line
  Kind kind;
  const char* fallback;  // what dockerd takes when nobody says; lists and maps are empty then
};

// https://docs.docker.com/reference/cli/dockerd/
std::span<const DaemonSetting> daemon_settings_table();

// The values of a flag as the setting's kind; an unknown node when they are not of that kind.
FactTree setting_from_flag(const DaemonSetting& setting, const std::vector<std::string>& values);
FactTree default_of(const DaemonSetting& setting);

}  // namespace plimsoll::probe
