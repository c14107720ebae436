#pragma once
#include <span>
#include <string_view>

#include "probe/kubernetes/go_flags.h"

namespace plimsoll::probe::kubernetes {

enum class Program { api_server, controller_manager, scheduler, etcd, kubelet, kube_proxy };

// The name of the program and of its process: "kube-apiserver".
std::string_view name_of(Program program);

// One setting that rules read. Sources of names and defaults: kubernetes.io/docs/reference (command line tools, config
// API kubelet.config.k8s.io/v1beta1, kubeproxy.config.k8s.io/v1alpha1), etcd.io/docs (configuration options).
struct Setting {
  std::string_view name;  // in the facts: the configuration file's key where there is one, else the flag
  std::string_view flag;  // empty: it has none
  std::string_view key;   // in the file, dots between; empty: it is not in it
  ValueType type = ValueType::text;
  const char* fallback = nullptr;       // the default as text; null: none, the setting is absent
  const char* bare_fallback = nullptr;  // the kubelet's default without any configuration file, where it differs
};

std::span<const Setting> settings_table(Program program);

// Whether a flag of any of the programs is a switch, which takes no word of its own.
bool is_switch(std::string_view flag);

}  // namespace plimsoll::probe::kubernetes
