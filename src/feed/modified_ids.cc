#include "feed/modified_ids.h"

#include <algorithm>

#include "base/text.h"
#include "feed/lines.h"

namespace plimsoll::feed {
namespace {

constexpr size_t kMaxText = size_t{256} << 20, kMaxLines = 2000000, kMaxId = 128;

Error broken(size_t line, std::string_view text) {
  return Error{ErrorKind::malformed, "is not a time and an id: \"" + printable(text, 80) + "\"",
               "modified_id.csv, line " + std::to_string(line)};
}

}  // namespace

bool is_record_id(std::string_view id) {
  if (id.empty() || id.size() > kMaxId || id[0] == '.') return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.:+").find(c) != std::string_view::npos;
  });
}

Result<std::vector<ModifiedId>> parse_modified_ids(std::string_view csv) {
  if (csv.size() > kMaxText) return Error{ErrorKind::limit, "larger than 256 MiB", "modified_id.csv"};
  std::vector<ModifiedId> out;
  Lines lines(csv);
  for (std::string_view line; lines.next(line);) {
    if (line.empty()) continue;
    const size_t comma = line.find(',');
    const auto modified = parse_rfc3339(line.substr(0, comma));
    const std::string_view id = comma == std::string_view::npos ? "" : line.substr(comma + 1);
    if (!modified || !is_record_id(id)) return broken(lines.number(), line);
    if (out.size() >= kMaxLines) return Error{ErrorKind::limit, "more than two million lines", "modified_id.csv"};
    out.push_back({std::string(id), *modified});
  }
  std::sort(out.begin(), out.end(), [](const ModifiedId& a, const ModifiedId& b) {
    return a.id != b.id ? a.id < b.id : a.modified > b.modified;
  });
  out.erase(std::unique(out.begin(), out.end(), [](const ModifiedId& a, const ModifiedId& b) { return a.id == b.id; }),
            out.end());
  return out;
}

std::string write_modified_ids(std::vector<ModifiedId> ids) {
  std::sort(ids.begin(), ids.end(), [](const ModifiedId& a, const ModifiedId& b) {
    return a.modified != b.modified ? a.modified > b.modified : a.id < b.id;
  });
  std::string out;
  for (const ModifiedId& entry : ids) out += format_rfc3339(entry.modified) + "," + entry.id + "\n";
  return out;
}

ModifiedDifference difference_of(const std::vector<ModifiedId>& then, const std::vector<ModifiedId>& now) {
  ModifiedDifference out;
  auto old = then.begin();
  for (const ModifiedId& entry : now) {
    while (old != then.end() && old->id < entry.id) out.gone.push_back((old++)->id);
    const bool known = old != then.end() && old->id == entry.id;
    if (!known || old->modified < entry.modified) out.changed.push_back(entry);
    if (known) ++old;
  }
  while (old != then.end()) out.gone.push_back((old++)->id);
  return out;
}

}  // namespace plimsoll::feed
