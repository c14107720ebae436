#include <filesystem>

#include "base/text.h"
#include "feed/inflate.h"
#include "threatdb/gather.h"

namespace plimsoll::threatdb {
namespace {

constexpr size_t looked_at = 1 << 16;
constexpr size_t max_unpacked = size_t{1} << 30;

enum class Format { zip, osv, exploited, epss, cvss, unknown };

bool holds(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

Format format_of(std::string_view text) {
  if (text.starts_with("PK\x03\x04") || text.starts_with("PK\x05\x06")) return Format::zip;
  std::string_view start = text.substr(0, looked_at);
  if (start.starts_with("\xef\xbb\xbf")) start.remove_prefix(3);
  start = trim(start);
  if (start.starts_with("#model_version") || start.starts_with("cve,epss")) return Format::epss;
  if (!start.starts_with('{') && !start.starts_with('[')) return Format::unknown;
  if (start.starts_with('{') && holds(start, "\"vulnerabilities\"") && holds(start, "\"cveID\""))
    return Format::exploited;
  // CVSS lines: the first line is a whole object that says a severity and nothing an advisory must say.
  const std::string_view line = trim(start.substr(0, start.find('\n')));
  if (line.starts_with('{') && line.ends_with('}') && holds(line, "\"severity\"") && !holds(line, "\"modified\""))
    return Format::cvss;
  return Format::osv;
}

}  // namespace

Status recognise(const std::string& path, Bytes bytes, Material& material) {
  material.bytes.push_back(std::move(bytes));
  std::string_view text = material.bytes.back().view();
  if (feed::is_gzip(text)) {
    PLIMSOLL_TRY(plain, feed::gunzip(text, max_unpacked));
    // In a string of its own on the heap: views into short strings would move with the vector.
    plain.reserve(64);
    material.unpacked.push_back(std::move(plain));
    text = material.unpacked.back();
  }
  const std::string name = std::filesystem::path(path).filename().string();
  switch (format_of(text)) {
    case Format::zip: {
      auto zip = feed::ZipReader::open(text);
      if (!zip.ok()) return Error{zip.error().kind, zip.error().message, printable(path), zip.error().advice};
      material.archives.push_back({name, std::move(zip).value()});
      return Done{};
    }
    case Format::osv:
      material.documents.push_back({name, text});
      return Done{};
    case Format::exploited:
      material.exploited = text;
      return Done{};
    case Format::epss:
      material.epss = text;
      return Done{};
    case Format::cvss:
      material.cvss = text;
      return Done{};
    case Format::unknown:
      break;
  }
  return Error{ErrorKind::malformed, "is neither OSV (JSON or zip) nor a KEV, EPSS or CVSS feed", printable(path)};
}

Result<std::vector<std::string_view>> split_array(std::string_view json, size_t limit) {
  const Error broken{ErrorKind::malformed, "the JSON array does not close"};
  json = trim(json);
  if (!json.starts_with('[') || !json.ends_with(']') || json.size() < 2) return broken;
  std::vector<std::string_view> out;
  size_t depth = 0, start = 1;
  bool quoted = false;
  const auto cut = [&](size_t end) {
    const std::string_view element = trim(json.substr(start, end - start));
    if (!element.empty()) out.push_back(element);
    start = end + 1;
  };
  for (size_t i = 1; i + 1 < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return broken;
      --depth;
    }
    if (c == ',' && depth == 0) cut(i);
    if (out.size() > limit)
      return Error{ErrorKind::limit, "the JSON array has more than " + std::to_string(limit) + " elements"};
  }
  if (quoted || depth != 0) return broken;
  cut(json.size() - 1);
  return out;
}

}  // namespace plimsoll::threatdb
