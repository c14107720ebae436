#include "probe/host/settings/installed_kernels.h"

#include "base/text.h"
#include "probe/host/settings/reading.h"
#include "version/compare.h"

namespace plimsoll::probe::settings {
namespace {

constexpr size_t kMaxStatus = size_t{64} << 20;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "6.1.0-28-cloud-amd64" -> "cloud-amd64": kernels are compared inside one flavour only.
std::string_view flavour_of(std::string_view release) {
  size_t at = 0;
  while (at < release.size()) {
    const size_t dash = release.find('-', at);
    if (dash == std::string_view::npos) return {};
    if (dash + 1 < release.size() && !is_digit(release[dash + 1]) && !release.substr(dash + 1).starts_with("rc") &&
        !release.substr(dash + 1).starts_with("deb"))
      return release.substr(dash + 1);
    at = dash + 1;
  }
  return {};
}

const InstalledKernel* newest_of(const std::vector<InstalledKernel>& kernels, std::string_view running,
                                 version::Scheme scheme) {
  const InstalledKernel* out = nullptr;
  for (const InstalledKernel& kernel : kernels) {
    if (scheme == version::Scheme::dpkg && flavour_of(kernel.release) != flavour_of(running)) continue;
    const auto key = [](const InstalledKernel& k) { return k.version.empty() ? k.release : k.version; };
    if (out == nullptr || version::is_newer(scheme, key(kernel), key(*out))) out = &kernel;
  }
  return out;
}

FactTree compare_kernels(const std::string& running, const std::string& running_version, const InstalledKernel& newest,
                         const std::string& source) {
  // The ABI name alone misses a rebuilt package of the same name.
  const bool same = newest.release == running &&
                    (newest.version.empty() || running_version.empty() || newest.version == running_version);
  Members out = {{"running", FactTree::of(running, "/proc/sys/kernel/osrelease")},
                 {"newest", FactTree::of(newest.release, source)},
                 {"running_is_newest", FactTree::of(same, source)}};
  if (!running_version.empty()) out["running_version"] = FactTree::of(running_version, "/proc/version");
  if (!newest.version.empty()) out["newest_version"] = FactTree::of(newest.version, source);
  if (same && running_version.empty() && !newest.version.empty()) {
    out["running_is_newest"] =
        FactTree::unknown_because("the running kernel does not say which package version it is", "/proc/version");
  }
  return FactTree::map_of(std::move(out), source);
}

// Kernel packages of other families put their image beside the modules: /lib/modules/RELEASE/vmlinuz.
FactTree from_module_directories(const Context& context, const std::string& running) {
  const std::string base = "/lib/modules";
  const auto names = context.machine.list_directory(resolve(context.machine, base), 1000);
  if (!names.ok()) return from_error(names.error(), base);
  std::vector<InstalledKernel> kernels;
  for (const std::string& name : *names) {
    if (context.machine.stat(base + "/" + name + "/vmlinuz", true).ok()) kernels.push_back({name, {}});
  }
  if (context.family("alpine") && !names->empty() && kernels.empty()) kernels.push_back({names->back(), {}});
  const InstalledKernel* newest = newest_of(kernels, running, version::Scheme::rpm);
  if (newest == nullptr) return {};
  return compare_kernels(running, {}, *newest, base);
}

}  // namespace

std::vector<InstalledKernel> parse_dpkg_kernels(std::string_view status) {
  std::vector<InstalledKernel> out;
  std::string_view package, version, state;
  const auto finish = [&]() {
    constexpr std::string_view prefix = "linux-image-", unsigned_prefix = "linux-image-unsigned-";
    std::string_view release;
    if (package.starts_with(unsigned_prefix))
      release = package.substr(unsigned_prefix.size());
    else if (package.starts_with(prefix))
      release = package.substr(prefix.size());
    if (release.ends_with("-unsigned")) release.remove_suffix(9);
    if (!release.empty() && is_digit(release.front()) && release.find('.') != std::string_view::npos &&
        state.ends_with(" installed") && flavour_of(release) != "dbg") {
      out.push_back({std::string(release), std::string(version)});
    }
    package = version = state = {};
  };
  for (const std::string_view line : split(status, '\n')) {
    if (trim(line).empty()) finish();
    if (line.starts_with("Package: ")) package = trim(line.substr(9));
    if (line.starts_with("Version: ")) version = trim(line.substr(9));
    if (line.starts_with("Status: ")) state = trim(line.substr(8));
  }
  finish();
  return out;
}

std::string parse_running_version(std::string_view text) {
  const auto words = split_words(text);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "Debian" && is_digit(words[i + 1].front())) return std::string(words[i + 1]);
    if (i == 0 && words[i] == "Ubuntu") {
      const std::string_view flavour = flavour_of(words[1]);
      return std::string(flavour.empty() ? words[1] : words[1].substr(0, words[1].size() - flavour.size() - 1));
    }
  }
  return {};
}

FactTree read_installed_kernels(const Context& context) {
  const auto osrelease = context.machine.read_file("/proc/sys/kernel/osrelease", 4096);
  if (!osrelease.ok()) return from_error(osrelease.error(), "/proc/sys/kernel/osrelease");
  const std::string running(trim(*osrelease));
  const std::string path = "/var/lib/dpkg/status";
  const auto status = context.machine.read_file(path, kMaxStatus);
  if (!status.ok() && status.error().kind == ErrorKind::not_found) return from_module_directories(context, running);
  if (!status.ok()) return from_error(status.error(), path);
  const auto kernels = parse_dpkg_kernels(*status);
  if (kernels.empty()) return {};
  // Without a package for it the running kernel comes from elsewhere, however many are installed.
  const InstalledKernel* newest = newest_of(kernels, running, version::Scheme::dpkg);
  if (newest == nullptr) return {};
  std::string running_version;
  for (const char* file : {"/proc/version_signature", "/proc/version"}) {
    const auto text = context.machine.read_file(file, 4096);
    if (running_version.empty() && text.ok()) running_version = parse_running_version(*text);
  }
  return compare_kernels(running, running_version, *newest, path);
}

}  // namespace plimsoll::probe::settings
