#include "system/proc_status.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "system/mountinfo.h"

namespace plimsoll::system {
namespace {

constexpr size_t kMaxGroups = 65'536;  // NGROUPS_MAX of Linux
constexpr size_t kMaxMaps = 200'000;
constexpr size_t kMaxLines = 4096;

std::optional<uint32_t> number_at(const std::vector<std::string_view>& words, size_t index) {
  if (index >= words.size()) return std::nullopt;
  const auto value = parse_uint(words[index]);
  if (!value || *value > 0xffffffff) return std::nullopt;
  return static_cast<uint32_t>(*value);
}

std::vector<uint32_t> parse_groups(const std::vector<std::string_view>& words) {
  std::vector<uint32_t> out;
  for (size_t i = 0; i < words.size() && i < kMaxGroups; ++i) {
    if (const auto group = number_at(words, i)) out.push_back(*group);
  }
  return out;
}

struct CapabilityLine {
  std::string_view key;
  uint64_t CapabilitySets::* set;
};
constexpr std::array<CapabilityLine, 5> kCapabilityLines = {{
    {"CapInh", &CapabilitySets::inheritable},
    {"CapPrm", &CapabilitySets::permitted},
    {"CapEff", &CapabilitySets::effective},
    {"CapBnd", &CapabilitySets::bounding},
    {"CapAmb", &CapabilitySets::ambient},
}};

struct StatusReader {
  ProcessStatus out;
  CapabilitySets sets;
  unsigned sets_seen = 0;

  void line(std::string_view key, std::string_view value) {
    const auto words = split_words(value);
    if (key == "Name") out.name = trim(value);
    if (key == "State" && !words.empty()) out.state = words[0].front();
    if (key == "Groups") out.groups = parse_groups(words);
    if (key == "Uid") {  // real, effective, saved, file system
      out.effective_uid = number_at(words, 1);
      out.file_system_uid = number_at(words, 3);
    }
    if (key == "Gid") out.file_system_gid = number_at(words, 3);
    if (const auto first = number_at(words, 0)) {
      if (key == "PPid" && *first <= 0x7fffffff) out.parent_pid = static_cast<int>(*first);
      if (key == "NoNewPrivs") out.no_new_privs = *first != 0;
      if (key == "Seccomp" && *first <= 2) out.seccomp = static_cast<int>(*first);
    }
    for (size_t i = 0; i < kCapabilityLines.size(); ++i) {
      if (key != kCapabilityLines[i].key) continue;
      if (const auto bits = parse_uint(trim(value), 16)) {
        sets.*kCapabilityLines[i].set = *bits;
        sets_seen |= 1U << i;
      }
    }
  }
};

}  // namespace

ProcessStatus parse_status(std::string_view text) {
  StatusReader reader;
  for (const auto line : split(text, '\n')) {
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos) reader.line(line.substr(0, colon), line.substr(colon + 1));
  }
  if (reader.sets_seen == 31) reader.out.capabilities = reader.sets;
  return std::move(reader.out);
}

// pid (comm) state ...; comm may hold blanks and parentheses, so count from the last ')'.
std::optional<uint64_t> parse_start_time(std::string_view stat) {
  const size_t close = stat.rfind(')');
  if (close == std::string_view::npos) return std::nullopt;
  const auto words = split_words(stat.substr(close + 1));
  return words.size() > 19 ? parse_uint(words[19]) : std::nullopt;
}

std::vector<CgroupLine> parse_cgroup(std::string_view text) {
  std::vector<CgroupLine> out;
  for (const auto line : split(text, '\n')) {
    const size_t first = line.find(':');
    const size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos || out.size() == kMaxLines) continue;
    CgroupLine entry;
    for (const auto name : split(line.substr(first + 1, second - first - 1), ',')) {
      if (!name.empty()) entry.controllers.emplace_back(name);
    }
    entry.path = line.substr(second + 1);
    out.push_back(std::move(entry));
  }
  return out;
}

// address perms offset dev inode path
std::vector<std::string> parse_maps(std::string_view text) {
  std::vector<std::string> out;
  std::string_view previous;
  for (const auto line : split(text, '\n')) {
    size_t at = 0;
    for (int field = 0; field < 5 && at != std::string_view::npos; ++field) {
      at = line.find(' ', at);
      at = at == std::string_view::npos ? at : line.find_first_not_of(' ', at);
    }
    if (at == std::string_view::npos) continue;
    std::string_view path = line.substr(at);
    if (!path.starts_with('/') || path == previous || out.size() == kMaxMaps) continue;
    previous = path;
    if (path.ends_with(" (deleted)")) path.remove_suffix(10);
    if (path.starts_with("/memfd:") || path.starts_with("/SYSV") || path.starts_with("/dev/")) continue;
    out.push_back(unescape_octal(path));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::optional<uint64_t> parse_link_inode(std::string_view link, std::string_view kind) {
  if (!link.starts_with(kind) || !link.substr(kind.size()).starts_with(":[") || !link.ends_with(']'))
    return std::nullopt;
  return parse_uint(link.substr(kind.size() + 2, link.size() - kind.size() - 3));
}

bool is_identity_map(std::string_view uid_map) {
  const auto words = split_words(uid_map);
  return words.size() == 3 && words[0] == "0" && words[1] == "0" && words[2] == "4294967295";
}

std::optional<uint64_t> count_cpus(std::string_view list) {
  uint64_t count = 0;
  if (trim(list).empty()) return 0;
  for (const auto part : split(trim(list), ',')) {
    const size_t dash = part.find('-');
    const auto first = parse_uint(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_uint(part.substr(dash + 1));
    if (!first || !last || *last < *first || *last > 1'000'000) return std::nullopt;
    count += *last - *first + 1;
  }
  return count;
}

DriverNumbers parse_devices(std::string_view text) {
  DriverNumbers out;
  auto* into = &out.character;
  for (const auto line : split(text, '\n')) {
    if (line.starts_with("Block")) into = &out.block;
    const auto words = split_words(line);
    const auto number = number_at(words, 0);
    if (words.size() == 2 && number && into->size() < kMaxLines) into->emplace_back(*number, std::string(words[1]));
  }
  return out;
}

}  // namespace plimsoll::system
