#include "probe/kubernetes/components.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/kubernetes/document.h"
#include "runtime/cgroup_names.h"
#include "system/initial_namespaces.h"
#include "system/proc_status.h"

namespace plimsoll::probe::kubernetes {
namespace {

using Kind = FactTree::Kind;

constexpr size_t kMaxCommandLine = size_t{256} << 10;
constexpr std::array kAll = {Program::api_server, Program::controller_manager, Program::scheduler, Program::etcd,
                             Program::kubelet,    Program::kube_proxy};

std::vector<std::string> words_of(std::string_view command_line) {
  std::vector<std::string> out;
  for (const auto word : split(command_line, '\0')) out.emplace_back(word);
  if (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

// The kernel cuts the name of a process there.
bool is_called(const std::string& comm, std::string_view name) { return comm == name.substr(0, 15); }

// k3s names the flags it hands on "--kubelet-arg=max-pods=50", and so for each program it holds.
std::vector<std::string> handed_on(const std::vector<std::string>& arguments, std::string_view program) {
  const Flags flags = parse_flags(arguments, is_switch);
  const auto found = flags.find(std::string(program) + "-arg");
  std::vector<std::string> out;
  for (const std::string& value : found == flags.end() ? std::vector<std::string>{} : found->second) {
    out.push_back(value.starts_with("--") ? value : "--" + value);
  }
  return out;
}

// MicroK8s keeps the arguments of each program in a file of its own, some to a line, "#" in front of comments.
constexpr const char* kMicrok8sArguments = "/var/snap/microk8s/current/args/";

FactTree default_of(const Setting& setting, std::string_view program, bool bare) {
  const char* text = bare && setting.bare_fallback != nullptr ? setting.bare_fallback : setting.fallback;
  if (text == nullptr) return {};
  const std::string source =
      std::string(program) + (bare && setting.bare_fallback ? "'s default without a configuration file" : "'s default");
  return typed_value(setting.type, {text}, source);
}

// A value of the configuration file, made what the setting's type says ("4h0m0s" is a number of seconds).
FactTree from_file(const Setting& setting, const FactTree& node, const std::string& source) {
  FactTree value = node;
  const bool scalar = node.kind == Kind::text;
  if (setting.type == ValueType::duration && node.kind == Kind::integer) {
    value = FactTree::of(node.integer / 1'000'000'000);  // a bare number is nanoseconds
  } else if (scalar && setting.type != ValueType::text && setting.type != ValueType::list) {
    value = typed_value(setting.type, {node.text}, source);
  } else if (scalar && setting.type == ValueType::list) {
    value = typed_value(setting.type, {node.text}, source);
  } else if (setting.type == ValueType::text && node.kind != Kind::text) {
    value = FactTree::unknown_because("it is no text", source);
  }
  if (node.source.empty()) value.source = source;
  return value;
}

// A duration of zero or an empty text in a file is what is not set ("0s" stands in the files that kubeadm writes).
bool means_default(const Setting& setting, const FactTree& node) {
  const FactTree typed = from_file(setting, node, "");
  if (setting.type == ValueType::duration) return typed.kind == Kind::integer && typed.integer == 0;
  return setting.type == ValueType::text && node.kind == Kind::text && node.text.empty();
}

}  // namespace

Components::Components(const system::Machine& machine) : machine_(machine) {
  const auto initial = system::initial_namespaces(machine);
  if (const auto net = initial.find("net"); net != initial.end() && net->second.known()) {
    host_network_ = *net->second.value;
  }
  const auto names = machine.list_directory("/proc");
  if (!names.ok()) unseen_ = names.error().to_string();
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>{}) {
    const auto pid = parse_uint(name);
    if (pid && *pid > 0 && *pid <= 0x7fffffff) read(name);
  }
}

void Components::take(Program program, Component component) {
  for (auto& [other, held] : found_) {
    if (other != program) continue;
    if (component.started >= held.started) held = std::move(component);
    return;
  }
  found_.emplace_back(program, std::move(component));
}

void Components::read(const std::string& pid) {
  const std::string directory = "/proc/" + pid + "/";
  const auto text = machine_.read_file(directory + "status", size_t{1} << 20);
  if (!text.ok()) return;
  const auto status = system::parse_status(*text);
  const bool k3s = status.name.starts_with("k3s-") || status.name == "k3s";
  const bool rke2 = status.name == "rke2";
  const bool microk8s = status.name == "kubelite";
  const bool hyperkube = status.name == "hyperkube";
  const bool named =
      std::any_of(kAll.begin(), kAll.end(), [&](Program p) { return is_called(status.name, name_of(p)); });
  if (!named && !k3s && !rke2 && !microk8s && !hyperkube) return;

  Component component;
  component.running = true;
  component.pid = static_cast<int>(parse_uint(pid).value_or(0));
  component.uid = status.effective_uid;
  component.source = directory + "cmdline";
  const auto cgroup = machine_.read_file(directory + "cgroup", size_t{1} << 20);
  if (cgroup.ok() && runtime::container_of_cgroup_file(*cgroup)) {
    const auto network = system::namespace_inode(machine_, pid, "net");
    if (network.ok() && host_network_ && *network != *host_network_) return;
    component.root = directory + "root";
  }
  if (const auto stat = machine_.read_file(directory + "stat", size_t{64} << 10); stat.ok()) {
    component.started = system::parse_start_time(*stat).value_or(0);
  }
  const auto command = machine_.read_file(directory + "cmdline", kMaxCommandLine);
  std::vector<std::string> words = command.ok() ? words_of(*command) : std::vector<std::string>{};
  if (!command.ok()) component.unread = command.error().to_string();
  if (command.ok() && words.empty()) return;  // a zombie, or a kernel thread
  const auto begin_arguments = [&](size_t first) {
    return std::vector<std::string>(words.begin() + static_cast<ptrdiff_t>(std::min(first, words.size())), words.end());
  };
  if (rke2) distribution_ = "rke2";  // its programs are processes of their own
  if (k3s || microk8s) {
    distribution_ = k3s ? "k3s" : "microk8s";
    const bool agent = words.size() > 1 ? words[1] == "agent" : status.name == "k3s-agent";
    for (const Program program : kAll) {
      const bool of_server = program != Program::kubelet && program != Program::kube_proxy;
      if (k3s && (program == Program::etcd || (of_server && agent))) continue;
      if (microk8s && program == Program::etcd) continue;
      Component part = component;
      part.embedded = k3s;
      if (k3s) {
        part.arguments = handed_on(begin_arguments(1), name_of(program));
      } else {
        part.source = kMicrok8sArguments + std::string(name_of(program));
        const auto file = machine_.read_file(part.source, kMaxCommandLine);
        if (!file.ok() && file.error().kind == ErrorKind::not_found) continue;
        part.unread = file.ok() ? "" : file.error().to_string();
        for (const auto line : split(file.ok() ? std::string_view(*file) : std::string_view(), '\n')) {
          for (const auto word : trim(line).starts_with('#') ? std::vector<std::string_view>{} : split_words(line)) {
            part.arguments.emplace_back(word);
          }
        }
      }
      take(program, std::move(part));
    }
    return;
  }
  for (const Program program : kAll) {
    const bool sub = hyperkube && words.size() > 1 && (words[1] == name_of(program));
    if (!sub && !is_called(status.name, name_of(program))) continue;
    component.arguments = begin_arguments(sub ? 2 : 1);
    return take(program, std::move(component));
  }
}

const Component* Components::find(Program program) const {
  for (const auto& [name, component] : found_) {
    if (name == program) return &component;
  }
  return nullptr;
}

FactTree settings_of(Program program, const Component& component, const FactTree* file,
                     const std::string& file_unread) {
  const Flags flags = parse_flags(component.arguments, is_switch);
  const FactTree nothing;
  std::map<std::string, FactTree> out;
  for (const Setting& setting : settings_table(program)) {
    FactTree& node = out[std::string(setting.name)];
    const auto flag = setting.flag.empty() ? flags.end() : flags.find(std::string(setting.flag));
    const FactTree& in_file = file != nullptr && !setting.key.empty() ? at_path(*file, setting.key) : nothing;
    if (flag != flags.end()) {
      node = typed_value(setting.type, flag->second, component.source + " --" + std::string(setting.flag));
    } else if (!component.unread.empty()) {
      node = FactTree::unknown_because(component.unread, component.source);
    } else if (in_file.kind != Kind::absent && !means_default(setting, in_file)) {
      node = from_file(setting, in_file, file->source);
    } else if (!file_unread.empty() && !setting.key.empty()) {
      node = FactTree::unknown_because(file_unread, component.source);
    } else if (component.embedded) {
      node = FactTree::unknown_because("k3s sets it inside its own process, which tells nobody", component.source);
    } else {
      node = default_of(setting, name_of(program), file == nullptr);
    }
  }
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe::kubernetes
