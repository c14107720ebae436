#include "probe/kubernetes/pod_manifest.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "probe/kubernetes/document.h"
#include "probe/kubernetes/setting_tables.h"

namespace plimsoll::probe::kubernetes {
namespace {

using Kind = FactTree::Kind;

// kubernetes.io/docs/concepts/security/pod-security-standards
constexpr std::array kBaselineCapabilities = {
    "AUDIT_WRITE", "CHOWN",  "DAC_OVERRIDE", "FOWNER", "FSETID",           "KILL",      "MKNOD",
    "SETFCAP",     "SETGID", "SETPCAP",      "SETUID", "NET_BIND_SERVICE", "SYS_CHROOT"};
constexpr std::array kRestrictedVolumes = {"configMap", "csi",   "downwardAPI",           "emptyDir",
                                           "ephemeral", "image", "persistentVolumeClaim", "projected",
                                           "secret",    "name"};
constexpr std::array kSafeSysctls = {"kernel.shm_rmid_forced",
                                     "net.ipv4.ip_local_port_range",
                                     "net.ipv4.ip_unprivileged_port_start",
                                     "net.ipv4.tcp_syncookies",
                                     "net.ipv4.ping_group_range",
                                     "net.ipv4.ip_local_reserved_ports",
                                     "net.ipv4.tcp_keepalive_time",
                                     "net.ipv4.tcp_fin_timeout",
                                     "net.ipv4.tcp_keepalive_intvl",
                                     "net.ipv4.tcp_keepalive_probes",
                                     "net.ipv4.tcp_rmem",
                                     "net.ipv4.tcp_wmem"};
constexpr std::array kSeLinuxTypes = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"};

template <class List>
bool among(const List& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::vector<const FactTree*> containers_of(const FactTree& spec) {
  std::vector<const FactTree*> out;
  for (const char* kind : {"containers", "initContainers", "ephemeralContainers"}) {
    for (const FactTree& container : spec.at(kind).items) out.push_back(&container);
  }
  return out;
}

std::string without_cap(const std::string& name) { return name.starts_with("CAP_") ? name.substr(4) : name; }

// What a pod does against the two levels; names are those of the fields.
struct Breaks {
  std::vector<std::string> baseline, restricted;
  void add(bool broken, std::vector<std::string>& level, const char* field) {
    if (broken && !among(level, field)) level.emplace_back(field);
  }
};

void judge_pod(const FactTree& spec, Breaks& out) {
  for (const char* field : {"hostNetwork", "hostPID", "hostIPC"}) out.add(is_true(spec.at(field)), out.baseline, field);
  for (const FactTree& volume : spec.at("volumes").items) {
    out.add(volume.at("hostPath").kind != Kind::absent, out.baseline, "hostPath");
    for (const auto& [name, source] : volume.members) {
      out.add(!among(kRestrictedVolumes, name), out.restricted, "volumes");
    }
  }
  for (const FactTree& sysctl : at_path(spec, "securityContext.sysctls").items) {
    out.add(!among(kSafeSysctls, text_of(sysctl.at("name"))), out.baseline, "sysctls");
  }
}

// Fields that pod and container share: the container's word counts, else the pod's.
const FactTree& shared_field(const FactTree& pod, const FactTree& container, const char* field) {
  const FactTree& own = container.at(field);
  return own.kind == Kind::absent ? pod.at(field) : own;
}

void judge_container(const FactTree& pod_context, const FactTree& container, Breaks& out) {
  const FactTree& context = container.at("securityContext");
  out.add(is_true(context.at("privileged")), out.baseline, "privileged");
  for (const FactTree& added : at_path(context, "capabilities.add").items) {
    const std::string name = without_cap(text_of(added));
    out.add(!among(kBaselineCapabilities, name), out.baseline, "capabilities.add");
    out.add(name != "NET_BIND_SERVICE", out.restricted, "capabilities.add");
  }
  const auto& dropped = at_path(context, "capabilities.drop").items;
  out.add(std::none_of(dropped.begin(), dropped.end(), [](const FactTree& d) { return text_of(d) == "ALL"; }),
          out.restricted, "capabilities.drop");
  for (const FactTree& port : container.at("ports").items) {
    out.add(port.at("hostPort").integer != 0, out.baseline, "hostPort");
  }
  const FactTree& seccomp = shared_field(pod_context, context, "seccompProfile");
  out.add(text_of(seccomp.at("type")) == "Unconfined", out.baseline, "seccompProfile");
  out.add(text_of(seccomp.at("type")) != "RuntimeDefault" && text_of(seccomp.at("type")) != "Localhost", out.restricted,
          "seccompProfile");
  out.add(text_of(shared_field(pod_context, context, "appArmorProfile").at("type")) == "Unconfined", out.baseline,
          "appArmorProfile");
  const FactTree& selinux = shared_field(pod_context, context, "seLinuxOptions");
  out.add(!among(kSeLinuxTypes, text_of(selinux.at("type"))) || !text_of(selinux.at("user")).empty() ||
              !text_of(selinux.at("role")).empty(),
          out.baseline, "seLinuxOptions");
  out.add(!text_of(context.at("procMount")).empty() && text_of(context.at("procMount")) != "Default", out.baseline,
          "procMount");
  const FactTree& escalation = context.at("allowPrivilegeEscalation");
  out.add(escalation.kind != Kind::boolean || escalation.boolean, out.restricted, "allowPrivilegeEscalation");
  out.add(!is_true(shared_field(pod_context, context, "runAsNonRoot")), out.restricted, "runAsNonRoot");
  const FactTree& user = shared_field(pod_context, context, "runAsUser");
  out.add(user.kind == Kind::integer && user.integer == 0, out.restricted, "runAsUser");
}

FactTree texts(const std::set<std::string>& values) {
  FactTree list = FactTree::list_of({});
  for (const std::string& value : values) list.items.push_back(FactTree::of(printable(value, 256)));
  return list;
}

FactTree level_of(const Breaks& breaks) {
  return FactTree::of(!breaks.baseline.empty() ? "privileged"
                                               : (!breaks.restricted.empty() ? "baseline" : "restricted"));
}

const FactTree* container_running(const FactTree& manifest, std::string_view program) {
  for (const FactTree& container : at_path(manifest, "spec.containers").items) {
    for (const char* part : {"command", "args"}) {
      const auto& words = container.at(part).items;
      if (words.empty()) continue;
      const std::string& first = text_of(words.front());
      if (std::string_view(first).substr(first.rfind('/') + 1) == program) return &container;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> command_of(const FactTree& manifest, std::string_view program) {
  std::vector<std::string> out;
  const FactTree* container = container_running(manifest, program);
  if (container == nullptr) return out;
  for (const char* part : {"command", "args"}) {
    for (const FactTree& word : container->at(part).items) out.push_back(text_of(word));
  }
  return out;
}

std::string image_version_of(const FactTree& manifest, std::string_view program) {
  const FactTree* container = container_running(manifest, program);
  if (container == nullptr) return {};
  std::string image = text_of(container->at("image"));
  image = image.substr(0, image.find('@'));
  const size_t colon = image.rfind(':');
  if (colon == std::string::npos || image.find('/', colon) != std::string::npos) return {};
  const std::string tag = image.substr(colon + 1);
  return printable(tag.starts_with('v') ? tag.substr(1) : tag, 64);
}

FactTree pod_facts(const FactTree& manifest) {
  const FactTree& spec = manifest.at("spec");
  const FactTree& context = spec.at("securityContext");
  Breaks breaks;
  judge_pod(spec, breaks);
  std::set<std::string> paths, capabilities;
  bool privileged = false, may_be_root = false, may_escalate = false, ports = false;
  for (const FactTree& volume : spec.at("volumes").items) {
    const std::string& path = text_of(at_path(volume, "hostPath.path"));
    if (!path.empty()) paths.insert(path);
  }
  for (const FactTree* container : containers_of(spec)) {
    judge_container(context, *container, breaks);
    const FactTree& own = container->at("securityContext");
    privileged = privileged || is_true(own.at("privileged"));
    const FactTree& escalation = own.at("allowPrivilegeEscalation");
    may_escalate = may_escalate || escalation.kind != Kind::boolean || escalation.boolean;
    const FactTree& user = shared_field(context, own, "runAsUser");
    const bool never_root =
        is_true(shared_field(context, own, "runAsNonRoot")) || (user.kind == Kind::integer && user.integer != 0);
    may_be_root = may_be_root || !never_root;
    for (const FactTree& added : at_path(own, "capabilities.add").items)
      capabilities.insert(without_cap(text_of(added)));
    for (const FactTree& port : container->at("ports").items) ports = ports || port.at("hostPort").integer != 0;
  }
  std::string component;
  for (const Program program : {Program::api_server, Program::controller_manager, Program::scheduler, Program::etcd}) {
    if (component.empty() && container_running(manifest, name_of(program))) component = name_of(program);
  }
  FactTree broken = FactTree::list_of({});
  for (const auto* level : {&breaks.baseline, &breaks.restricted}) {
    for (const std::string& field : *level) broken.items.push_back(FactTree::of(field));
  }
  const std::string& space = text_of(at_path(manifest, "metadata.namespace"));
  return FactTree::map_of({{"path", FactTree::of(manifest.source)},
                           {"name", FactTree::of(printable(text_of(at_path(manifest, "metadata.name")), 253))},
                           {"namespace", FactTree::of(space.empty() ? "default" : printable(space, 63))},
                           {"component", FactTree::of(component)},
                           {"host_network", FactTree::of(is_true(spec.at("hostNetwork")))},
                           {"host_pid", FactTree::of(is_true(spec.at("hostPID")))},
                           {"host_ipc", FactTree::of(is_true(spec.at("hostIPC")))},
                           {"host_paths", texts(paths)},
                           {"host_ports", FactTree::of(ports)},
                           {"privileged", FactTree::of(privileged)},
                           {"may_escalate", FactTree::of(may_escalate)},
                           {"may_be_root", FactTree::of(may_be_root)},
                           {"capabilities_added", texts(capabilities)},
                           {"level", level_of(breaks)},
                           {"breaks", std::move(broken)}},
                          manifest.source);
}

}  // namespace plimsoll::probe::kubernetes
