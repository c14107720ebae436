#include <algorithm>

#include "base/text.h"
#include "repository/offers.h"
#include "repository/release_file.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_release = size_t{16} << 20, max_packed_index = size_t{256} << 20;

std::string place(const std::string& url) { return std::string(apt_lists_directory) + list_file_name(url); }

// One suite: its Release file, then each index that the sources ask for.
class SuiteFetch {
 public:
  SuiteFetch(Files& files, const AptSource& source, const DpkgSystem& system, Sources& sources)
      : files_(files), source_(source), system_(system), sources_(sources), base_(source.release_url()) {}

  Status run() {
    PLIMSOLL_TRY(text, fetch_release());
    PLIMSOLL_TRY(release, parse_release(text));
    std::vector<std::string> archs = source_.architectures;
    if (archs.empty()) {
      archs.push_back(system_.native);
      archs.insert(archs.end(), system_.foreign.begin(), system_.foreign.end());
    }
    archs.emplace_back("all");
    if (source_.suite.ends_with('/')) return fetch_index(release, "Packages");
    for (const std::string& component : source_.components) {
      for (const std::string& arch : archs) {
        PLIMSOLL_CHECK(fetch_index(release, component + "/binary-" + arch + "/Packages"));
      }
    }
    return Done{};
  }

 private:
  Result<std::optional<std::string>> get(const std::string& url, size_t limit) { return sources_.fetch(url, limit); }

  // The text to be parsed for names of indexes; its signature is checked when the lists are read.
  Result<std::string> fetch_release() {
    PLIMSOLL_TRY(message, get(base_ + "InRelease", max_release));
    if (message) {
      files_.erase(place(base_ + "Release"));
      Result<std::string> text = split_clearsigned(*message);
      std::string out = text.ok() ? std::move(*text) : *message;
      files_.set(place(base_ + "InRelease"), std::move(*message));
      return out;
    }
    PLIMSOLL_TRY(release, get(base_ + "Release", max_release));
    if (!release) return Error{ErrorKind::not_found, "the server has no Release file"};
    PLIMSOLL_TRY(signature, get(base_ + "Release.gpg", max_release));
    files_.erase(place(base_ + "InRelease"));
    files_.erase(place(base_ + "Release.gpg"));
    if (signature) files_.set(place(base_ + "Release.gpg"), std::move(*signature));
    files_.set(place(base_ + "Release"), *release);
    return *release;
  }

  Status fetch_index(const ReleaseFile& release, const std::string& name) {
    for (const std::string_view packing : {".xz", ".zst", ".gz", ".bz2", ""}) {
      const auto entry = release.hashes.find(name + std::string(packing));
      if (entry == release.hashes.end()) continue;
      const size_t slash = name.rfind('/');
      const std::string folder = slash == std::string::npos ? "" : name.substr(0, slash + 1);
      const size_t limit = std::min<uint64_t>(entry->second.size + 1, max_packed_index);
      const std::string by_hash = base_ + folder + "by-hash/SHA256/" + entry->second.sha256;
      PLIMSOLL_TRY(bytes, get(release.by_hash ? by_hash : base_ + entry->first, limit));
      if (!bytes) continue;
      for (const std::string_view other : apt_packings) files_.erase(place(base_ + name + std::string(other)));
      files_.set(place(base_ + entry->first), std::move(*bytes));
      return Done{};
    }
    return Done{};  // a suite has not every architecture; what is announced and missing is told by the reader
  }

  Files& files_;
  const AptSource& source_;
  const DpkgSystem& system_;
  Sources& sources_;
  std::string base_;
};

}  // namespace

std::vector<AptSource> fetch_apt_lists(Files& files, const std::vector<AptSource>& repositories,
                                       const DpkgSystem& system, Sources& sources, IncompleteList& not_assessed) {
  std::vector<AptSource> had;
  for (const AptSource& source : repositories) {
    const Status done = SuiteFetch(files, source, system, sources).run();
    if (done.ok()) {
      had.push_back(source);
      continue;
    }
    not_assessed.push_back({"repository " + printable(source.uri, 200) + " " + printable(source.suite, 100),
                            printable(done.error().message), "check the network and the proxy settings"});
  }
  return had;
}

}  // namespace plimsoll::repository
