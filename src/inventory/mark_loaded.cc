#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_set>

#include "base/text.h"
#include "inventory/apk.h"
#include "inventory/dpkg.h"
#include "inventory/owned_files.h"
#include "inventory/rpm_database.h"
#include "inventory/take_inventory.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t list_limit = size_t{64} << 20, database_limit = size_t{256} << 20;
constexpr size_t program_limit = size_t{2} << 20;  // a larger program is not read only to see that it is native code
constexpr size_t programs_tried = 8;

constexpr std::array<std::string_view, 5> program_directories{"bin/", "sbin/", "usr/bin/", "usr/sbin/", "usr/libexec/"};
constexpr std::array<std::string_view, 12> script_endings{".py", ".js",  ".mjs", ".cjs", ".pl",  ".pm",
                                                          ".rb", ".php", ".jar", ".lua", ".tcl", ".class"};
// Scripts that are there to be read, or for a debugger.
constexpr std::array<std::string_view, 3> passive_directories{"usr/share/doc/", "usr/share/gdb/", "usr/share/man/"};

std::string_view base_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

template <size_t N>
bool begins_with_any(std::string_view text, const std::array<std::string_view, N>& starts) {
  return std::ranges::any_of(starts, [&](std::string_view start) { return text.starts_with(start); });
}

// "libssl.so.3", "_ssl.cpython-311-x86_64-linux-gnu.so".
bool is_shared_object(std::string_view path) {
  const std::string_view base = base_of(path);
  const size_t at = base.find(".so");
  return at != std::string_view::npos && (at + 3 == base.size() || base[at + 3] == '.');
}

// What the file list of one package tells.
struct Evidence {
  bool mapped = false, native = false, scripts = false;
  std::vector<std::string> programs;     // may be native code
  std::vector<std::string> look_alikes;  // base names mapped from another path
};

// The paths that the processes have mapped.
class Mapped {
 public:
  explicit Mapped(const std::vector<std::string>& paths) {
    for (std::string_view path : paths) {
      constexpr std::string_view deleted = " (deleted)";  // proc(5): replaced on disk since; the old code still runs
      if (path.ends_with(deleted)) path.remove_suffix(deleted.size());
      keys_.insert(path_key(path));
      bases_.emplace(base_of(path), path_key(path));
    }
  }
  bool has(std::string_view path) const { return keys_.contains(path_key(path)); }
  bool has_base(std::string_view base) const { return bases_.contains(std::string(base)); }
  void own(std::string_view path) { owned_.insert(path_key(path)); }
  // A file of that base name is mapped from a path that no package owns (a link, a bind mount, a copy).
  bool strays(const std::string& base) const {
    const auto [from, to] = bases_.equal_range(base);
    return std::any_of(from, to, [&](const auto& row) { return !owned_.contains(row.second); });
  }

 private:
  std::unordered_set<uint64_t> keys_, owned_;
  std::multimap<std::string, uint64_t> bases_;
};

class Lists {
 public:
  explicit Lists(Mapped& mapped) : mapped_(mapped) {}

  void take(const std::string& package, std::string_view path) {
    while (path.starts_with('/') || path.starts_with("./")) path.remove_prefix(path.front() == '/' ? 1 : 2);
    Evidence& evidence = by_package_[package];
    if (mapped_.has(path)) {
      evidence.mapped = true;
      mapped_.own(path);
    } else if (mapped_.has_base(base_of(path))) {
      evidence.look_alikes.emplace_back(base_of(path));
    }
    if (is_shared_object(path))
      evidence.native = true;
    else if (begins_with_any(path, program_directories))
      evidence.programs.emplace_back(path);
    const bool script =
        std::ranges::any_of(script_endings, [&](std::string_view ending) { return path.ends_with(ending); });
    if (script && !begins_with_any(path, passive_directories)) evidence.scripts = true;
  }
  FileSink sink() {
    return [this](std::string_view package, std::string_view path) { take(std::string(package), path); };
  }
  std::map<std::string, Evidence>& by_package() { return by_package_; }

 private:
  Mapped& mapped_;
  std::map<std::string, Evidence> by_package_;
};

// The key of a package's evidence: dpkg's lists are told apart by architecture.
std::string list_key(const Package& package) {
  return package.type == PackageType::deb ? package.name + ":" + package.arch : package.name;
}

// NAME.list or NAME:ARCH.list; distroless images keep only status.d/NAME.md5sums beside the paragraph.
void read_dpkg_lists(rootfs::Tree& tree, const Package& package, Lists& lists) {
  std::vector<std::string> places{"var/lib/dpkg/info/" + package.name + ":" + package.arch + ".list",
                                  "var/lib/dpkg/info/" + package.name + ".list"};
  for (const std::string& location : package.locations) {
    if (location.starts_with("var/lib/dpkg/status.d/")) places.push_back(location + ".md5sums");
  }
  for (const std::string& place : places) {
    const auto text = tree.read(place, list_limit);
    if (!text.ok()) continue;
    const std::string key = list_key(package);
    each_dpkg_file(*text, key, lists.sink());
    return;
  }
}

void read_lists(rootfs::Tree& tree, const Inventory& inventory, Lists& lists) {
  std::set<std::string> databases;
  for (const Package& package : inventory.packages) {
    if (package.type == PackageType::deb) read_dpkg_lists(tree, package, lists);
    if (package.type == PackageType::apk || package.type == PackageType::rpm)
      databases.insert(package.locations.begin(), package.locations.end());
  }
  for (const std::string& path : databases) {
    auto bytes = tree.read(path, database_limit);
    if (!bytes.ok()) continue;
    // What cannot be read here leaves its packages unknown, which is what it is.
    const Result<Found> parsed = path.ends_with("/apk/db/installed")
                                     ? parse_apk(*bytes, lists.sink())
                                     : parse_rpm_database(path, std::move(bytes).value(), lists.sink());
    static_cast<void>(parsed.ok());
  }
}

bool owns_native_program(rootfs::Tree& tree, const Evidence& evidence) {
  size_t tried = 0;
  for (const std::string& program : evidence.programs) {
    if (++tried > programs_tried) return false;
    const auto bytes = tree.read(program, program_limit);
    if (bytes.ok() && bytes->starts_with("\x7f"
                                         "ELF"))
      return true;
  }
  return false;
}

Loaded judge(rootfs::Tree& tree, const Evidence& evidence, const Mapped& mapped, bool complete) {
  if (evidence.mapped) return Loaded::yes;
  if (!complete || evidence.scripts) return Loaded::unknown;
  if (std::ranges::any_of(evidence.look_alikes, [&](const std::string& base) { return mapped.strays(base); }))
    return Loaded::unknown;
  return evidence.native || owns_native_program(tree, evidence) ? Loaded::no : Loaded::unknown;
}

}  // namespace

void mark_loaded(rootfs::Tree& tree, Inventory& inventory, const std::vector<std::string>& mapped_paths,
                 bool complete) {
  Mapped mapped(mapped_paths);
  Lists lists(mapped);
  read_lists(tree, inventory, lists);
  for (Package& package : inventory.packages) {
    if (package.type == PackageType::golang) {
      const bool runs =
          std::ranges::any_of(package.locations, [&](const std::string& path) { return mapped.has(path); });
      package.loaded = runs ? Loaded::yes : complete ? Loaded::no : Loaded::unknown;
      continue;
    }
    const auto at = lists.by_package().find(list_key(package));
    const bool listed = is_os_package(package.type) && at != lists.by_package().end();
    package.loaded = listed ? judge(tree, at->second, mapped, complete) : Loaded::unknown;
  }
}

}  // namespace plimsoll::inventory
