#include "inventory/go_binary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "inventory/elf_file.h"

namespace plimsoll::inventory {
namespace {

constexpr uint64_t smallest_program = uint64_t{256} << 10;

// Endings of files that are no programs, by far the most of a file tree: they are not worth a look at their mode, which
// costs a system call each. Sorted.
constexpr std::array<std::string_view, 46> data_endings = {
    "c",    "cc",  "cjs",      "conf",     "conffiles", "cpp",   "css",     "deb", "gz",   "h",  "hh",  "hpp",
    "html", "js",  "json",     "list",     "map",       "md",    "md5sums", "mjs", "mo",   "ph", "pl",  "pm",
    "png",  "pod", "postinst", "postrm",   "preinst",   "prerm", "py",      "pyc", "pyi",  "rb", "rst", "shlibs",
    "so",   "svg", "symbols",  "triggers", "ts",        "txt",   "vim",     "xml", "yaml", "yml"};
static_assert(std::ranges::is_sorted(data_endings));

bool is_data_name(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot != std::string_view::npos && std::ranges::binary_search(data_endings, name.substr(dot + 1));
}

constexpr uint32_t execute_bits = 0111;
constexpr std::string_view magic = "\xff Go buildinf:";
constexpr size_t magic_alignment = 16, header_size = 32;
constexpr size_t max_text = size_t{16} << 20;        // version or module list
constexpr uint64_t max_search = uint64_t{64} << 20;  // bytes of writable segments looked through
constexpr size_t chunk = size_t{256} << 10;
constexpr uint8_t flag_big_endian = 1, flag_inline = 2;

// Bytes of a file from one place on, read forward as they are asked for: works on streamed trees too.
class Window {
 public:
  Window(rootfs::File& file, uint64_t at) : file_(file), at_(at) {}

  // At least `count` bytes from the start of the window, fewer only at the end of the file.
  Result<std::string_view> first(size_t count) {
    while (bytes_.size() < count && !ended_) {
      const size_t wanted = std::max(count - bytes_.size(), size_t{4096});
      PLIMSOLL_TRY(more, file_.read_at(at_ + bytes_.size(), wanted));
      ended_ = more.size() < wanted;
      bytes_ += more;
    }
    return std::string_view(bytes_);
  }
  void drop(size_t count) {
    bytes_.erase(0, count);
    at_ += count;
  }

 private:
  rootfs::File& file_;
  uint64_t at_;
  std::string bytes_;
  bool ended_ = false;
};

struct BuildInfo {
  std::string go_version, modules;
};

// A string of the inline form: its length as a varint of 7 bits a byte, then its bytes. `at` moves behind it.
Result<std::string> inline_text(Window& window, size_t& at) {
  uint64_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    PLIMSOLL_TRY(bytes, window.first(at + 1));
    if (bytes.size() <= at || shift > 28) return Error{ErrorKind::malformed, "its Go build information is cut short"};
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    length |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  if (length > max_text) return Error{ErrorKind::limit, "its Go build information is too long"};
  PLIMSOLL_TRY(bytes, window.first(at + length));
  if (bytes.size() < at + length) return Error{ErrorKind::malformed, "its Go build information is cut short"};
  std::string text(bytes.substr(at, length));
  at += length;
  return text;
}

// The form before Go 1.18: addresses of two Go string headers (address, length), which point at the text.
Result<std::string> pointed_text(rootfs::File& file, const ElfFile& elf, std::string_view pointer) {
  const Error broken{ErrorKind::malformed, "its Go build information points outside the file"};
  const auto header_at = elf.offset_of(elf.number(pointer));
  if (!header_at) return broken;
  PLIMSOLL_TRY(header, file.read_at(*header_at, pointer.size() * 2));
  if (header.size() < pointer.size() * 2) return broken;
  const auto text_at = elf.offset_of(elf.number(std::string_view(header).substr(0, pointer.size())));
  const uint64_t length = elf.number(std::string_view(header).substr(pointer.size()));
  if (length == 0) return std::string();
  if (!text_at || length > max_text) return broken;
  PLIMSOLL_TRY(text, file.read_at(*text_at, length));
  if (text.size() < length) return broken;
  return text;
}

// The module list stands between two 16-byte marks (runtime/debug.modinfo).
void strip_marks(std::string& modules) {
  if (modules.size() >= 33 && modules[modules.size() - 17] == '\n')
    modules = modules.substr(16, modules.size() - 32);
  else
    modules.clear();
}

Result<BuildInfo> decode(Window& window, rootfs::File& file, const ElfFile& elf) {
  PLIMSOLL_TRY(view, window.first(header_size));
  if (view.size() < header_size) return Error{ErrorKind::malformed, "its Go build information is cut short"};
  const std::string header(view.substr(0, header_size));
  const auto pointer_size = static_cast<unsigned char>(header[14]);
  const auto flags = static_cast<unsigned char>(header[15]);
  BuildInfo out;
  if (flags & flag_inline) {
    size_t at = header_size;
    PLIMSOLL_TRY(version, inline_text(window, at));
    PLIMSOLL_TRY(modules, inline_text(window, at));
    out = {std::move(version), std::move(modules)};
  } else {
    if (pointer_size != 4 && pointer_size != 8)
      return Error{ErrorKind::malformed, "its Go build information is broken"};
    if (((flags & flag_big_endian) != 0) != elf.big_endian)
      return Error{ErrorKind::malformed, "its Go build information is broken"};
    if (!file.random_access())
      return Error{ErrorKind::unsupported,
                   "built by Go before 1.18, which cannot be read from a stream",
                   {},
                   "scan the unpacked file"};
    PLIMSOLL_TRY(version, pointed_text(file, elf, std::string_view(header).substr(16, pointer_size)));
    PLIMSOLL_TRY(modules, pointed_text(file, elf, std::string_view(header).substr(16 + pointer_size, pointer_size)));
    out = {std::move(version), std::move(modules)};
  }
  strip_marks(out.modules);
  return out;
}

// Where the magic mark stands in `bytes` at a multiple of its alignment from the start; npos when nowhere.
size_t find_mark(std::string_view bytes) {
  for (size_t at = bytes.find(magic); at != std::string_view::npos; at = bytes.find(magic, at + 1)) {
    if (at % magic_alignment == 0) return at;
  }
  return std::string_view::npos;
}

// Looks for the mark in the writable segments, front to back; the window then begins at it.
Result<std::optional<BuildInfo>> search_segments(rootfs::File& file, const ElfFile& elf) {
  uint64_t looked = 0;
  for (const ElfSegment& segment : elf.segments) {
    if (!segment.writable) continue;
    Window window(file, segment.offset);
    for (uint64_t left = segment.file_size; left >= header_size;) {
      if ((looked += std::min<uint64_t>(left, chunk)) > max_search)
        return Error{ErrorKind::limit, "its data is too large to look through for Go build information"};
      const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left, chunk));
      PLIMSOLL_TRY(bytes, window.first(wanted));
      const size_t at = find_mark(bytes);
      if (at != std::string_view::npos) {
        window.drop(at);
        PLIMSOLL_TRY(info, decode(window, file, elf));
        return std::optional<BuildInfo>(std::move(info));
      }
      if (bytes.size() < wanted || wanted <= magic_alignment || left <= chunk) break;
      // Keep one step of the alignment: the mark may lie across two chunks, though never across two steps.
      window.drop(wanted - magic_alignment);
      left -= wanted - magic_alignment;
    }
  }
  return std::optional<BuildInfo>{};
}

Result<std::optional<BuildInfo>> find_build_info(rootfs::File& file, const ElfFile& elf) {
  if (file.random_access() && elf.section_count > 0) {
    auto section = elf.section(file, ".go.buildinfo");
    if (section.ok() && !section->has_value()) return std::optional<BuildInfo>{};  // strip(1) keeps the section
    if (section.ok()) {
      Window window(file, (*section)->first);
      PLIMSOLL_TRY(bytes, window.first(header_size));
      if (bytes.starts_with(magic)) {
        PLIMSOLL_TRY(info, decode(window, file, elf));
        return std::optional<BuildInfo>(std::move(info));
      }
    }
  }
  return search_segments(file, elf);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Package module_package(std::string_view name, std::string_view version) {
  Package package;
  package.type = PackageType::golang;
  package.name = package.source_name = std::string(name);
  package.version = package.source_version = std::string(version == "(devel)" ? "" : version);
  return package;
}

}  // namespace

std::string go_release(std::string_view text) {
  const auto words = split_words(text);
  if (words.empty() || !words[0].starts_with("go")) return {};
  const std::string_view tag = words[0].substr(2);
  std::array<std::string_view, 3> numbers{};  // major, minor, patch
  size_t at = 0, count = 0;
  while (count < 3 && at < tag.size() && is_digit(tag[at])) {
    const size_t from = at;
    while (at < tag.size() && is_digit(tag[at])) ++at;
    numbers[count++] = tag.substr(from, at - from);
    if (at >= tag.size() || tag[at] != '.') break;
    ++at;
  }
  if (count < 2) return {};
  std::string out =
      std::string(numbers[0]) + "." + std::string(numbers[1]) + "." + std::string(count == 3 ? numbers[2] : "0");
  for (const std::string_view word : {std::string_view("rc"), std::string_view("beta")}) {
    if (!tag.substr(at).starts_with(word)) continue;
    std::string number;
    for (size_t i = at + word.size(); i < tag.size() && is_digit(tag[i]); ++i) number += tag[i];
    if (!number.empty()) out += "-" + std::string(word) + "." + number;
  }
  return out;
}

Found parse_go_modules(std::string_view go_version, std::string_view modules) {
  Found found;
  const std::string release = go_release(go_version);
  if (release.empty())
    not_assessed(found, "Go standard library", "its version \"" + printable(go_version, 100) + "\" is not a release");
  else
    found.packages.push_back(module_package("stdlib", release));
  const size_t first_module = found.packages.size();
  std::string_view local;  // a dependency whose version nobody knows so far
  std::vector<std::string> unversioned;
  const auto settle = [&] {
    if (!local.empty()) unversioned.push_back(printable(local, 100));
    local = {};
  };
  for (const std::string_view line : split(modules, '\n')) {
    const auto words = split(line, '\t');
    const bool replaces = words[0] == "=>";
    if (words.size() < 2 || (words[0] != "mod" && words[0] != "dep" && !replaces)) continue;
    const std::string_view name = words[1], version = words.size() > 2 ? words[2] : std::string_view{};
    if (name.empty() || name.size() > max_field || version.size() > max_field) continue;
    if (found.packages.size() >= max_packages_in_file) break;
    if (replaces) {  // what is really inside stands in place of the dependency before it
      if (found.packages.size() > first_module && local.empty()) found.packages.pop_back();
      if (version.empty()) {
        if (local.empty()) local = name;
        continue;
      }
      local = {};
      found.packages.push_back(module_package(name, version));
      continue;
    }
    settle();
    if (words[0] == "dep" && (version.empty() || version == "(devel)"))
      local = name;
    else
      found.packages.push_back(module_package(name, version));
  }
  settle();
  if (!unversioned.empty())
    not_assessed(found, fmt::format("{} Go modules ({})", unversioned.size(), printable(join(unversioned, ", "), 300)),
                 "built from a directory, so they have no version to compare");
  return found;
}

// Where size and mode are not known yet (both 0) the name decides, and it is asked again once they are.
bool wants_go_binary(const rootfs::Entry& entry) {
  if (entry.type != rootfs::EntryType::file) return false;
  const bool known = entry.size != 0 || entry.mode != 0;
  if (known && entry.size < smallest_program) return false;
  if (entry.mode != 0) return (entry.mode & execute_bits) != 0;
  return !is_data_name(entry.path.substr(entry.path.rfind('/') + 1));
}

Result<Found> read_go_binary(std::string_view, rootfs::File& file) {
  PLIMSOLL_TRY(elf, ElfFile::open(file));
  if (!elf) return Found{};
  PLIMSOLL_TRY(info, find_build_info(file, *elf));
  if (!info) return Found{};
  return parse_go_modules(info->go_version, info->modules);
}

}  // namespace plimsoll::inventory
