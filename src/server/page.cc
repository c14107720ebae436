#include "server/page.h"

#include <array>
#include <cstdint>

#include "base/sha256.h"
#include "base/text.h"
#include "server/request_text.h"
#include "server/response.h"

namespace plimsoll::server {
namespace {

struct Row {
  const char* name;
  const char* bytes;
  uint64_t size;
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> types{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".txt", "text/plain; charset=utf-8"},
}};

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

std::string_view type_of(std::string_view path) {
  for (const auto& [ending, type] : types) {
    if (ends_with(path, ending)) return type;
  }
  return "application/octet-stream";
}

std::string joined(const std::vector<std::string>& segments) {
  std::string out;
  for (const std::string& segment : segments) out += (out.empty() ? "" : "/") + segment;
  return out;
}

// Names of files below assets/ hold the hash of their content (Vite), so a browser need never ask again.
bool never_changes(std::string_view path) { return path.substr(0, 7) == "assets/"; }

}  // namespace

// Written by ui/tools/assembly.mjs (cmake/PlimsollPage.cmake); ends with a row of zeros.
extern "C" const Row plimsoll_page_table[];

std::vector<PageFile> built_in_page() {
  std::vector<PageFile> out;
  for (const Row* row = plimsoll_page_table; row->name != nullptr; ++row)
    out.push_back({row->name, std::string_view(row->bytes, row->size)});
  return out;
}

bool takes_coding(std::string_view accept_encoding, std::string_view coding) {
  for (const std::string_view part : split(accept_encoding, ',')) {
    const size_t semicolon = part.find(';');
    if (lower(trim(part.substr(0, semicolon))) != coding) continue;
    if (semicolon == std::string_view::npos) return true;
    // A weight of 0 is "0", "0." and zeros; what is no weight at all counts as none.
    std::string_view weight = trim(part.substr(semicolon + 1));
    if (lower(weight.substr(0, 2)) != "q=") return true;
    weight.remove_prefix(2);
    return weight.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

Page::Page(const std::vector<PageFile>& files) {
  constexpr size_t tag_digits = 32;
  for (const PageFile& file : files) {
    const bool gzip = ends_with(file.path, ".gz"), brotli = ends_with(file.path, ".br");
    std::string_view name = file.path;
    if (gzip || brotli) name.remove_suffix(3);
    Entry& entry = entries_[std::string(name)];
    Form& form = gzip ? entry.gzip : brotli ? entry.brotli : entry.plain;
    form = {file.bytes, '"' + sha256_hex(std::string(file.bytes)).substr(0, tag_digits) + '"'};
  }
}

Response Page::answer(const Request& request, const std::vector<std::string>& segments) const {
  if (entries_.empty()) return problem(404, "there is no such path; this build has no page, its API is below /api/v1");
  if (request.method != "GET" && request.method != "HEAD") {
    Response out = problem(405, "the page can only be read");
    out.headers.emplace_back("Allow", "GET, HEAD");
    return out;
  }
  std::string path = joined(segments);
  auto found = entries_.find(path);
  if (found == entries_.end()) {
    // A place inside the page has no ending; a file that is not there must not come as a page.
    const bool place = segments.empty() || segments.back().find('.') == std::string::npos;
    if (!place || never_changes(path)) return problem(404, "there is no such path");
    path = "index.html";
    found = entries_.find(path);
    if (found == entries_.end()) return problem(404, "there is no such path");
  }
  const Entry& entry = found->second;
  const std::string_view accepts = request.header("accept-encoding");
  Response out;
  const Form* form = &entry.plain;
  if (!entry.brotli.tag.empty() && takes_coding(accepts, "br")) {
    form = &entry.brotli;
    out.headers.emplace_back("Content-Encoding", "br");
  } else if (!entry.gzip.tag.empty() && takes_coding(accepts, "gzip")) {
    form = &entry.gzip;
    out.headers.emplace_back("Content-Encoding", "gzip");
  }
  out.type = type_of(path);
  out.headers.emplace_back("Vary", "Accept-Encoding");
  out.headers.emplace_back("ETag", form->tag);
  out.headers.emplace_back("Cache-Control",
                           never_changes(path) ? "public, max-age=31536000, immutable" : "private, no-cache");
  if (matches_tag(request.header("if-none-match"), form->tag)) {
    out.status = 304;
    out.type.clear();
    return out;
  }
  out.body = form->bytes;
  return out;
}

}  // namespace plimsoll::server
