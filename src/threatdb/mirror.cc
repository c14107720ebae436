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
#include "threatdb/fetch.h"

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
  UrlMirror(std::string base, std::string scratch) : base_(std::move(base)), fetcher_(std::move(scratch)) {}

  Result<std::optional<Bytes>> read(const std::string& name) override {
    return fetcher_.fetch(base_ + "/" + percent_encoded_path(name));
  }
  std::vector<std::string> list_ecosystems() override { return {}; }

 private:
  std::string base_;
  Fetcher fetcher_;
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
    return Error{ErrorKind::unsupported, "the scheme is not one of http, https and file", printable(from)};
  }
  return std::unique_ptr<Mirror>(std::make_unique<UrlMirror>(base, scratch));
}

Result<std::vector<std::string>> ecosystems_of(Mirror& mirror) {
  PLIMSOLL_TRY(listed, mirror.read("osv/ecosystems.txt"));
  std::set<std::string> names;
  if (listed) {
    for (const std::string_view line : split(listed->view(), '\n')) {
      const std::string name(trim(line));
      const bool plain = !name.empty() && name.size() < 200 && name.find('/') == std::string::npos && name[0] != '.';
      if (plain && names.size() < max_ecosystems) names.insert(name);
    }
  } else {
    const auto folders = mirror.list_ecosystems();
    names.insert(folders.begin(), folders.end());
  }
  std::vector<std::string> out;
  for (const std::string& name : names) {
    const size_t colon = name.find(':');
    if (colon == std::string::npos || !names.contains(name.substr(0, colon))) out.push_back(name);
  }
  return out;
}

}  // namespace plimsoll::threatdb
