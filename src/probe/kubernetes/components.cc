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

std::optional<Component> Components::process(const std::string& pid, const system::ProcessStatus& status) const {
  const std::string directory = "/proc/" + pid + "/";
  Component component;
  component.running = true;
  component.pid = static_cast<int>(parse_uint(pid).value_or(0));
  component.uid = status.effective_uid;
  component.source = directory + "cmdline";
  const auto cgroup = machine_.read_file(directory + "cgroup", size_t{1} << 20);
  if (cgroup.ok() && runtime::container_of_cgroup_file(*cgroup)) {
    const auto network = system::namespace_inode(machine_, pid, "net");
    if (network.ok() && host_network_ && *network != *host_network_) return std::nullopt;
    component.root = directory + "root";
  }
  if (const auto stat = machine_.read_file(directory + "stat", size_t{64} << 10); stat.ok()) {
    component.started = system::parse_start_time(*stat).value_or(0);
  }
  const auto command = machine_.read_file(component.source, kMaxCommandLine);
  if (command.ok()) component.arguments = words_of(*command);
  if (!command.ok()) component.unread = command.error().to_string();
  if (command.ok() && component.arguments.empty()) return std::nullopt;  // a zombie
  return component;
}

void Components::take_k3s(const Component& process, bool agent) {
  distribution_ = "k3s";
  for (const Program program : kAll) {
    const bool of_node = program == Program::kubelet || program == Program::kube_proxy;
    if (program == Program::etcd || (agent && !of_node)) continue;
    Component part = process;
    part.embedded = true;
    part.arguments = handed_on(process.arguments, name_of(program));
    take(program, std::move(part));
  }
}

void Components::take_microk8s(const Component& process) {
  distribution_ = "microk8s";
  for (const Program program : kAll) {
    Component part = process;
    part.source = kMicrok8sArguments + std::string(name_of(program));
    const auto file = machine_.read_file(part.source, kMaxCommandLine);
    if (!file.ok() && file.error().kind == ErrorKind::not_found) continue;
    part.unread = file.ok() ? "" : file.error().to_string();
    part.arguments.clear();
    for (const auto line : split(text_or_none(file), '\n')) {
      if (trim(line).starts_with('#')) continue;
      for (const auto word : split_words(line)) part.arguments.emplace_back(word);
    }
    take(program, std::move(part));
  }
}

void Components::read(const std::string& pid) {
  const auto text = machine_.read_file("/proc/" + pid + "/status", size_t{1} << 20);
  if (!text.ok()) return;
  const auto status = system::parse_status(*text);
  if (status.name == "rke2") distribution_ = "rke2";  // its programs are processes of their own
  const bool k3s = status.name == "k3s" || status.name.starts_with("k3s-");
  const bool holder = k3s || status.name == "kubelite" || status.name == "hyperkube";
  const auto* named =
      std::find_if(kAll.begin(), kAll.end(), [&](Program program) { return is_called(status.name, name_of(program)); });
  if (!holder && named == kAll.end()) return;
  auto component = process(pid, status);
  if (!component) return;
  auto& words = component->arguments;
  const std::string sub = words.size() > 1 ? words[1] : "";
  if (!words.empty()) words.erase(words.begin());
  if (k3s) return take_k3s(*component, sub == "agent" || status.name == "k3s-agent");
  if (status.name == "kubelite") return take_microk8s(*component);
  if (status.name == "hyperkube") {
    named = std::find_if(kAll.begin(), kAll.end(), [&](Program program) { return sub == name_of(program); });
  }
  if (named != kAll.end()) take(*named, std::move(*component));
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
