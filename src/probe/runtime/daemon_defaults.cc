#include "probe/runtime/daemon_defaults.h"

#include <array>

#include "base/text.h"

namespace plimsoll::probe {
namespace {

using Kind = DaemonSetting::Kind;

constexpr std::array kTable = {
    DaemonSetting{"authorization-plugins", "authorization-plugin", Kind::list, ""},
    DaemonSetting{"bridge", "bridge", Kind::text, ""},
    DaemonSetting{"cgroup-parent", "cgroup-parent", Kind::text, ""},
    DaemonSetting{"containerd", "containerd", Kind::text, ""},
    DaemonSetting{"data-root", "data-root", Kind::text, "/var/lib/docker"},
    DaemonSetting{"debug", "debug", Kind::boolean, "false"},
    DaemonSetting{"default-cgroupns-mode", "default-cgroupns-mode", Kind::text, ""},
    DaemonSetting{"default-ulimits", "default-ulimit", Kind::map, ""},
    DaemonSetting{"experimental", "experimental", Kind::boolean, "false"},
    DaemonSetting{"group", "group", Kind::text, "docker"},
    DaemonSetting{"hosts", "host", Kind::list, ""},
    DaemonSetting{"icc", "icc", Kind::boolean, "true"},
    DaemonSetting{"insecure-registries", "insecure-registry", Kind::list, ""},
    DaemonSetting{"ip", "ip", Kind::text, "0.0.0.0"},
    DaemonSetting{"iptables", "iptables", Kind::boolean, "true"},
    DaemonSetting{"live-restore", "live-restore", Kind::boolean, "false"},
    DaemonSetting{"log-driver", "log-driver", Kind::text, "json-file"},
    DaemonSetting{"log-level", "log-level", Kind::text, "info"},
    DaemonSetting{"log-opts", "log-opt", Kind::map, ""},
    DaemonSetting{"metrics-addr", "metrics-addr", Kind::text, ""},
    DaemonSetting{"no-new-privileges", "no-new-privileges", Kind::boolean, "false"},
    DaemonSetting{"registry-mirrors", "registry-mirror", Kind::list, ""},
    DaemonSetting{"seccomp-profile", "seccomp-profile", Kind::text, ""},
    DaemonSetting{"selinux-enabled", "selinux-enabled", Kind::boolean, "false"},
    DaemonSetting{"storage-driver", "storage-driver", Kind::text, ""},
    DaemonSetting{"storage-opts", "storage-opt", Kind::list, ""},
    DaemonSetting{"tls", "tls", Kind::boolean, "false"},
    DaemonSetting{"tlscacert", "tlscacert", Kind::text, ""},
    DaemonSetting{"tlscert", "tlscert", Kind::text, ""},
    DaemonSetting{"tlskey", "tlskey", Kind::text, ""},
    DaemonSetting{"tlsverify", "tlsverify", Kind::boolean, "false"},
    DaemonSetting{"userland-proxy", "userland-proxy", Kind::boolean, "true"},
    DaemonSetting{"userns-remap", "userns-remap", Kind::text, ""},
};

// strconv.ParseBool, which pflag uses.
FactTree boolean(const std::string& text) {
  for (const char* yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return FactTree::of(true);
  }
  for (const char* no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return FactTree::of(false);
  }
  return FactTree::unknown_because("neither true nor false: " + printable(text, 40));
}

FactTree list(const std::vector<std::string>& values) { return FactTree::texts_of(values); }

FactTree map(const std::vector<std::string>& values) {  // "nofile=1024:2048"
  std::map<std::string, FactTree> members;
  for (const std::string& value : values) {
    const size_t equals = value.find('=');
    members[value.substr(0, equals)] = FactTree::of(equals == std::string::npos ? "" : value.substr(equals + 1));
  }
  return FactTree::map_of(std::move(members));
}

}  // namespace

std::span<const DaemonSetting> daemon_settings_table() { return kTable; }

FactTree setting_from_flag(const DaemonSetting& setting, const std::vector<std::string>& values) {
  switch (setting.kind) {
    case Kind::list:
      return list(values);
    case Kind::map:
      return map(values);
    case Kind::boolean:
      return boolean(values.back());  // the last one wins
    case Kind::text:
      break;
  }
  return FactTree::of(values.back());
}

FactTree default_of(const DaemonSetting& setting) {
  FactTree tree = setting.kind == Kind::list  ? FactTree::list_of({})
                  : setting.kind == Kind::map ? FactTree::map_of({})
                                              : setting_from_flag(setting, {setting.fallback});
  tree.source = "dockerd's default";
  return tree;
}

}  // namespace plimsoll::probe
