#include <array>

#include "base/text.h"
#include "probe/host/hardware.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

// Signs of secrets in what an instance was started with; the text itself is not kept.
FactTree secrets_in_user_data(const Context& context) {
  static constexpr std::array<std::string_view, 8> kSigns = {
      "password",        "passwd:", "PRIVATE KEY", "--token", "aws_secret_access_key",
      "discovery-token", "api_key", "secret="};
  const std::string base = "/var/lib/cloud/instances";
  const auto names = context.machine.list_directory(base, 1000);
  if (!names.ok()) return from_error(names.error(), base);
  std::vector<FactTree> out;
  for (const std::string& name : *names) {
    const std::string path = base + "/" + name + "/user-data.txt";
    const auto text = read_following(context.machine, path, size_t{1} << 20);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;
    if (!text.ok()) {
      out.push_back(FactTree::unknown_because(text.error().message, path));
      continue;
    }
    const std::string plain = lower(*text);
    for (const std::string_view sign : kSigns) {
      if (plain.find(lower(sign)) == std::string::npos) continue;
      out.push_back(FactTree::map_of({{"path", FactTree::of(path)}, {"sign", FactTree::of(std::string(sign))}}, path));
      break;
    }
  }
  return FactTree::list_of(std::move(out), base);
}

FactTree guest_agents(const Context& context) {
  std::vector<std::string> out;
  for (const std::string name :
       {"waagent", "google_guest_agent", "google_guest_ag", "amazon-ssm-agent", "qemu-ga", "vmtoolsd", "cloud-init"}) {
    if (runs(context, {name}).boolean) out.push_back(name);
  }
  return FactTree::texts_of(out, "/proc");
}

// getty units of serial and virtual consoles with --autologin, by file.
FactTree serial_autologin(const Context& context) {
  std::vector<std::string> out;
  for (const char* root : {"/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system"}) {
    const auto names = context.machine.list_directory(root, 20'000);
    for (const std::string& name : names.ok() ? *names : std::vector<std::string>{}) {
      if (!name.starts_with("serial-getty@") && !name.starts_with("getty@") && !name.starts_with("console-getty") &&
          !name.starts_with("container-getty@"))
        continue;
      std::vector<std::string> files = {std::string(root) + "/" + name};
      if (name.ends_with(".d")) {
        const auto more = files_in(context.machine, files.front(), ".conf");
        files = more.ok() ? *more : std::vector<std::string>{};
      }
      for (const std::string& file : files) {
        const auto text = read_following(context.machine, file, 65'536);
        for (const std::string_view line : config_lines(text_or_none(text))) {
          const bool on = line.starts_with("ExecStart=") && (line.find("--autologin") != std::string_view::npos ||
                                                             line.find(" -a ") != std::string_view::npos);
          if (on) out.push_back(file);
        }
      }
    }
  }
  const auto inittab = context.machine.read_file("/etc/inittab", 65'536);
  for (const std::string_view line : config_lines(text_or_none(inittab))) {
    if (line.find("--autologin") != std::string_view::npos) out.emplace_back("/etc/inittab");
  }
  return FactTree::texts_of(out);
}

}  // namespace

FactTree read_platform(const Context& context) {
  const HardwareFacts hardware = read_hardware(context.machine);
  const bool aws =
      hardware.cloud.find("AWS") != std::string::npos || hardware.cloud.find("Amazon") != std::string::npos;
  Members out = {{"user_data_secrets", secrets_in_user_data(context)},
                 {"guest_agents", guest_agents(context)},
                 {"serial_autologin", serial_autologin(context)},
                 {"os", FactTree::of(context.os_id)}};
  if (!hardware.cloud.empty()) out["cloud"] = FactTree::of(hardware.cloud, "/sys/class/dmi/id");
  // How many hops an answer of the metadata service lives is set at Amazon's side, and not to be seen from here.
  if (aws) out["one_hop_metadata"] = FactTree::unknown_because("only the cloud's own interface tells the hop limit");
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe::settings
