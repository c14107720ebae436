#include "threatdb/mirror.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "threatdb/download.h"
#include "threatdb/urls.h"

namespace plimsoll::threatdb {
namespace {

namespace fs = std::filesystem;

constexpr size_t max_ecosystems = 4096;

Error cannot_read(const std::string& path) {
  const int code = errno;
  const ErrorKind kind = code == ENOENT || code == ENOTDIR ? ErrorKind::not_found
                         : code == EACCES || code == EPERM ? ErrorKind::denied
                                                           : ErrorKind::unreachable;
  return {kind, "cannot read: " + std::string(std::strerror(code)), printable(path)};
}

class FolderMirror : public Mirror {
 public:
  explicit FolderMirror(std::string folder) : folder_(std::move(folder)) {}

  Result<std::optional<Bytes>> read(const std::string& name) override {
    auto bytes = Bytes::map_file(folder_ + "/" + name);
    if (bytes.ok()) return std::optional<Bytes>(std::move(bytes).value());
    if (bytes.error().kind == ErrorKind::not_found) return std::optional<Bytes>();
    return std::move(bytes).error();
  }

  std::vector<std::string> list_ecosystems() override {
    std::vector<std::string> out;
    std::error_code error;
    for (fs::directory_iterator at(folder_ + "/osv", error), end; !error && at != end && out.size() < max_ecosystems;
         at.increment(error)) {
      std::error_code ignored;
      if (at->is_directory(ignored)) out.push_back(at->path().filename().string());
    }
    return out;
  }

 private:
  std::string folder_;
};

class UrlMirror : public Mirror {
 public:
  UrlMirror(std::string base, std::string scratch)
      : base_(std::move(base)), scratch_(std::move(scratch)), downloader_(once_again()) {}

  Result<std::optional<Bytes>> read(const std::string& name) override {
    PartialFile file;
    file.descriptor = open_scratch(scratch_);
    if (file.descriptor < 0) {
      return Error{ErrorKind::denied, "cannot make a file for the download: " + std::string(std::strerror(errno)),
                   printable(scratch_)};
    }
    const std::string url = base_ + "/" + percent_encoded_path(name);
    const auto fetched = downloader_.get(url, {}, file);
    if (!fetched.ok() || *fetched == Fetched::absent) {
      ::close(file.descriptor);
      if (!fetched.ok()) return fetched.error();
      return std::optional<Bytes>();
    }
    PLIMSOLL_TRY(bytes, Bytes::map_descriptor(file.descriptor, shown_url(url)));
    return std::optional<Bytes>(std::move(bytes));
  }
  std::vector<std::string> list_ecosystems() override { return {}; }

 private:
  // Somebody waits for an import: a server that stays away is told soon.
  static UpdatePolicy once_again() {
    UpdatePolicy policy;
    policy.attempts = 2;
    return policy;
  }

  std::string base_, scratch_;
  Downloader downloader_;
};

}  // namespace

Result<Bytes> Bytes::map_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return cannot_read(path);
  return map_descriptor(descriptor, path);
}

Result<Bytes> Bytes::map_descriptor(int descriptor, const std::string& name) {
  Bytes out(descriptor);
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0) return cannot_read(name);
  if (!S_ISREG(facts.st_mode)) return Error{ErrorKind::malformed, "is no regular file", printable(name)};
  const auto size = static_cast<uint64_t>(facts.st_size);
  if (size > max_download_bytes) {
    return Error{ErrorKind::limit, "is larger than " + std::to_string(max_download_bytes) + " bytes", printable(name)};
  }
  if (size == 0) return out;
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
  if (mapped == MAP_FAILED) return cannot_read(name);
  out.data_ = static_cast<const char*>(mapped);
  out.size_ = size;
  return out;
}

Bytes::~Bytes() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::unique_ptr<Mirror>> Mirror::open(const std::string& from, const std::string& scratch) {
  std::string base = from;
  while (base.size() > 1 && base.ends_with('/')) base.pop_back();
  if (base.find("://") == std::string::npos) {
    std::error_code error;
    if (!fs::is_directory(base, error)) {
      return Error{ErrorKind::not_found, "is no folder", printable(from), "give the folder that holds osv/, or a URL"};
    }
    return std::unique_ptr<Mirror>(std::make_unique<FolderMirror>(base));
  }
  const std::string scheme = lower(base.substr(0, base.find("://")));
  if (scheme != "http" && scheme != "https" && scheme != "file") {
    return Error{ErrorKind::unsupported, "the scheme is not one of http, https and file", shown_url(from)};
  }
  return std::unique_ptr<Mirror>(std::make_unique<UrlMirror>(base, scratch));
}

bool is_ecosystem_name(std::string_view name) {
  return !name.empty() && name.size() < 200 && name[0] != '.' && is_utf8(name) &&
         std::none_of(name.begin(), name.end(), [](char c) { return c == '/' || static_cast<unsigned char>(c) < ' '; });
}

bool is_feed_name(std::string_view name) {
  if (name == ecosystems_name || name == kev_name || name == epss_name || name == cvss_name) return true;
  const auto parts = split(name, '/');
  return parts.size() == 3 && parts[0] == "osv" && is_ecosystem_name(parts[1]) &&
         (parts[2] == "all.zip" || parts[2] == "modified_id.csv");
}

std::vector<std::string> parse_ecosystems(std::string_view lines) {
  std::set<std::string> names;
  for (const std::string_view line : split(lines, '\n')) {
    const std::string name(trim(line));
    if (is_ecosystem_name(name) && names.size() < max_ecosystems) names.insert(name);
  }
  std::vector<std::string> out;
  for (const std::string& name : names) {
    const size_t colon = name.find(':');
    if (colon == std::string::npos || !names.contains(name.substr(0, colon))) out.push_back(name);
  }
  return out;
}

Result<std::vector<std::string>> ecosystems_of(Mirror& mirror) {
  PLIMSOLL_TRY(listed, mirror.read(ecosystems_name));
  return parse_ecosystems(listed ? std::string(listed->view()) : join(mirror.list_ecosystems(), "\n"));
}

}  // namespace plimsoll::threatdb
