#include "probe/host/hardware.h"

#include <array>

#include "base/text.h"
#include "system/proc_status.h"

namespace plimsoll::probe {
namespace {

struct Sign {
  std::string Dmi::* field;
  std::string_view holds;  // part of the field
  std::string_view name;
};

// As the providers document how a guest can tell where it is; first match wins, so the general ones come last.
const std::array<Sign, 24> kClouds = {{
    {&Dmi::sys_vendor, "Amazon EC2", "AWS EC2"},
    {&Dmi::bios_version, "amazon", "AWS EC2"},
    {&Dmi::board_vendor, "Amazon EC2", "AWS EC2"},
    {&Dmi::product_name, "Google Compute Engine", "Google Compute Engine"},
    {&Dmi::chassis_asset_tag, "7783-7084-3265-9085-8269-3286-77", "Azure"},
    {&Dmi::chassis_asset_tag, "OracleCloud.com", "Oracle Cloud"},
    {&Dmi::sys_vendor, "Alibaba Cloud", "Alibaba Cloud"},
    {&Dmi::product_name, "Alibaba Cloud", "Alibaba Cloud"},
    {&Dmi::sys_vendor, "Hetzner", "Hetzner Cloud"},
    {&Dmi::sys_vendor, "DigitalOcean", "DigitalOcean"},
    {&Dmi::sys_vendor, "Tencent Cloud", "Tencent Cloud"},
    {&Dmi::sys_vendor, "Huawei Cloud", "Huawei Cloud"},
    {&Dmi::product_name, "HUAWEICLOUD", "Huawei Cloud"},
    {&Dmi::sys_vendor, "Scaleway", "Scaleway"},
    {&Dmi::sys_vendor, "Vultr", "Vultr"},
    {&Dmi::sys_vendor, "Akamai", "Akamai"},
    {&Dmi::sys_vendor, "Linode", "Akamai"},
    {&Dmi::sys_vendor, "UpCloud", "UpCloud"},
    {&Dmi::sys_vendor, "Exoscale", "Exoscale"},
    {&Dmi::sys_vendor, "OVH", "OVHcloud"},
    {&Dmi::chassis_asset_tag, "OVH", "OVHcloud"},
    {&Dmi::sys_vendor, "OpenStack", "OpenStack"},
    {&Dmi::product_name, "OpenStack", "OpenStack"},
    {&Dmi::chassis_asset_tag, "OpenStack", "OpenStack"},
}};
const std::array<Sign, 12> kVirtual = {{
    {&Dmi::sys_vendor, "Amazon EC2", "KVM"},
    {&Dmi::sys_vendor, "VMware", "VMware"},
    {&Dmi::product_name, "VirtualBox", "VirtualBox"},
    {&Dmi::sys_vendor, "innotek", "VirtualBox"},
    {&Dmi::sys_vendor, "Parallels", "Parallels"},
    {&Dmi::sys_vendor, "Xen", "Xen"},
    {&Dmi::product_name, "Virtual Machine", "Hyper-V"},
    {&Dmi::product_name, "Google Compute Engine", "KVM"},
    {&Dmi::product_name, "KVM", "KVM"},
    {&Dmi::sys_vendor, "QEMU", "KVM or QEMU"},
    {&Dmi::bios_vendor, "BHYVE", "bhyve"},
    {&Dmi::product_name, "OpenStack", "KVM or QEMU"},
}};

template <size_t N>
std::string first_match(const Dmi& dmi, const std::array<Sign, N>& signs) {
  for (const auto& sign : signs) {
    if ((dmi.*sign.field).find(sign.holds) != std::string::npos) return std::string(sign.name);
  }
  return {};
}

std::string read_line(const system::Machine& machine, const std::string& path) {
  const auto text = machine.read_file(path, 65'536);
  if (!text.ok()) return {};
  const size_t end = text->find('\0');  // device tree strings end so
  return std::string(trim(std::string_view(*text).substr(0, end)));
}

Dmi read_dmi(const system::Machine& machine) {
  const std::string base = "/sys/class/dmi/id/";
  Dmi dmi;
  dmi.sys_vendor = read_line(machine, base + "sys_vendor");
  dmi.product_name = read_line(machine, base + "product_name");
  dmi.chassis_asset_tag = read_line(machine, base + "chassis_asset_tag");
  dmi.bios_vendor = read_line(machine, base + "bios_vendor");
  dmi.bios_version = read_line(machine, base + "bios_version");
  dmi.board_vendor = read_line(machine, base + "board_vendor");
  return dmi;
}

struct CpuInfo {
  std::string model;
  uint32_t processors = 0;
  bool hypervisor = false;
};

CpuInfo read_cpuinfo(const system::Machine& machine) {
  CpuInfo out;
  const auto text = machine.read_file("/proc/cpuinfo", size_t{16} << 20);
  if (!text.ok()) return out;
  for (const auto line : split(*text, '\n')) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto key = trim(line.substr(0, colon)), value = trim(line.substr(colon + 1));
    if (key == "processor") ++out.processors;
    if (out.model.empty() && (key == "model name" || key == "Model" || key == "cpu model")) out.model = value;
    if (key == "flags" && line.find(" hypervisor") != std::string_view::npos) out.hypervisor = true;
  }
  return out;
}

uint64_t read_memory(const system::Machine& machine) {
  const auto text = machine.read_file("/proc/meminfo", 65'536);
  for (const auto line : split(text_or_none(text), '\n')) {
    const auto words = split_words(line);
    if (words.size() < 2 || words[0] != "MemTotal:") continue;
    const auto kib = parse_uint(words[1]);
    return kib && *kib < (uint64_t{1} << 50) ? *kib * 1024 : 0;
  }
  return 0;
}

// /proc/sys/kernel/arch came with kernel 6.1; before it, what this program was built for runs here.
std::string read_architecture(const system::Machine& machine) {
  const auto told = read_line(machine, "/proc/sys/kernel/arch");
  if (!told.empty()) return told;
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#elif defined(__riscv)
  return "riscv64";
#elif defined(__powerpc64__)
  return "ppc64le";
#elif defined(__s390x__)
  return "s390x";
#else
  return {};
#endif
}

// Machines without DMI: the device tree's model, or the maker's name in the ACPI tables (bytes 10 to 15 of any table).
std::string product_without_dmi(const system::Machine& machine, bool hypervisor) {
  const auto model = read_line(machine, "/proc/device-tree/model");
  if (!model.empty()) return model;
  const auto table = machine.read_file("/sys/firmware/acpi/tables/FACP", 65'536);
  if (table.ok() && table->size() > 16 && table->compare(10, 6, "FIRECK") == 0) return "Firecracker";
  return hypervisor ? "virtual machine" : "";
}

}  // namespace

std::string cloud_of(const Dmi& dmi) { return first_match(dmi, kClouds); }

std::string virtualisation_of(const Dmi& dmi) { return first_match(dmi, kVirtual); }

HardwareFacts read_hardware(const system::Machine& machine) {
  HardwareFacts out;
  const auto cpu = read_cpuinfo(machine);
  const auto online = system::count_cpus(read_line(machine, "/sys/devices/system/cpu/online"));
  out.cpu_model = cpu.model;
  out.cpus = online && *online > 0 ? static_cast<uint32_t>(*online) : cpu.processors;
  out.memory_bytes = read_memory(machine);
  out.architecture = read_architecture(machine);
  const auto dmi = read_dmi(machine);
  out.vendor = dmi.sys_vendor;
  out.product = dmi.product_name;
  out.cloud = cloud_of(dmi);
  const auto virtualisation = virtualisation_of(dmi);
  if (out.product.empty()) out.product = product_without_dmi(machine, cpu.hypervisor);
  if (!virtualisation.empty() && out.product.find(virtualisation) == std::string::npos) {
    out.product += (out.product.empty() ? "virtual machine (" : " (") + virtualisation + ")";
  }
  return out;
}

}  // namespace plimsoll::probe
