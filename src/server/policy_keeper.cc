#include "server/policy_keeper.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/sha256.h"
#include "base/text.h"
#include "policy/policy_files.h"
#include "system/sync_directory.h"

namespace plimsoll::server {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

constexpr unsigned for_all_to_read = 0644;

struct OnDisk {
  std::string sha256;  // empty: there is no such file
  std::string text;
};

Result<OnDisk> on_disk(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return OnDisk{};
    return Error{ErrorKind::denied, "cannot be looked at", path};
  }
  // A link leads to where somebody else keeps it.
  if (!S_ISREG(status.st_mode)) return Error{ErrorKind::unsupported, "is no plain file; change what it leads to", path};
  PLIMSOLL_TRY(text, read_file(path, size_t{4} << 20));
  return OnDisk{sha256_hex(text), std::move(text)};
}

// What is wrong with all files together, line by line.
std::set<std::string> faults_of(const Files& files) {
  const Result<policy::Policy> policy = policy::parse_policies(files);
  std::set<std::string> out;
  if (policy.ok()) return out;
  for (const std::string_view line : split(policy.error().message, '\n')) out.emplace(line);
  return out;
}

// Faults that come with `text`, or without the file where there is none: one that a file beside it has already must not
// keep anybody from mending this one.
Status check(const std::string& directory, const std::string& path, const std::optional<std::string>& text) {
  Files files;
  std::error_code ignored;
  if (std::filesystem::is_directory(directory, ignored)) {
    PLIMSOLL_TRY(found, policy::read_policy_files(directory));
    files = std::move(found);
  }
  const std::set<std::string> before = faults_of(files);
  std::erase_if(files, [&](const auto& file) { return file.first == path; });
  if (text) files.emplace_back(path, *text);
  std::sort(files.begin(), files.end());
  std::vector<std::string> fresh;
  for (const std::string& fault : faults_of(files)) {
    if (!before.contains(fault) || fault.starts_with(printable(path, 256) + ":")) fresh.push_back(fault);
  }
  return fresh.empty() ? Status(Done{}) : Status(Error{ErrorKind::malformed, join(fresh, "\n")});
}

Status write(const std::string& directory, const std::string& path, const std::string& text) {
  std::error_code fault;
  std::filesystem::create_directories(directory, fault);
  PLIMSOLL_CHECK(write_file_atomically(path, text, for_all_to_read));
  ::chmod(path.c_str(), for_all_to_read);   // whatever the mask was
  (void)system::sync_directory(directory);  // it is written; of the name no more can be done
  return Done{};
}

PolicyAnswer failed(const PolicyRequest& request, const Error& error, std::string sha256 = {}) {
  const std::string text = error.kind == ErrorKind::malformed ? error.message : error.to_string();
  return {request.token, error.kind, std::move(sha256), text};
}

PolicyAnswer another(const PolicyRequest& request, const OnDisk& there) {
  const char* what = there.sha256.empty() ? "the file is no longer there" : "the file was changed meanwhile";
  return failed(request, {ErrorKind::conflict, what}, there.sha256);
}

}  // namespace

PolicyAnswer PolicyKeeper::read(const PolicyRequest& request) const {
  if (!allowed_) return failed(request, {ErrorKind::denied, policies_not_by_api});
  const Result<OnDisk> there = on_disk(directory_ + "/" + request.name);
  if (!there.ok()) return failed(request, there.error());
  if (there->text.size() > most_policy_text) return failed(request, {ErrorKind::limit, "the file is over 256 KiB"});
  return {request.token, {}, there->sha256, there->text};
}

PolicyAnswer PolicyKeeper::put(const PolicyRequest& request) const {
  if (!allowed_) return failed(request, {ErrorKind::denied, policies_not_by_api});
  if (request.text.size() > most_policy_text) return failed(request, {ErrorKind::limit, "the text is over 256 KiB"});
  const std::string path = directory_ + "/" + request.name;
  const Result<OnDisk> there = on_disk(path);
  if (!there.ok()) return failed(request, there.error());
  if (there->sha256 != request.before) return another(request, *there);
  if (const Status fine = check(directory_, path, request.text); !fine.ok())
    return failed(request, fine.error(), there->sha256);
  if (const Status written = write(directory_, path, request.text); !written.ok())
    return failed(request, written.error(), there->sha256);
  return {request.token, {}, sha256_hex(request.text), {}};
}

PolicyAnswer PolicyKeeper::remove(const PolicyRequest& request) const {
  if (!allowed_) return failed(request, {ErrorKind::denied, policies_not_by_api});
  const std::string path = directory_ + "/" + request.name;
  const Result<OnDisk> there = on_disk(path);
  if (!there.ok()) return failed(request, there.error());
  if (there->sha256.empty() || there->sha256 != request.before) return another(request, *there);
  if (const Status fine = check(directory_, path, std::nullopt); !fine.ok())
    return failed(request, fine.error(), there->sha256);
  if (::unlink(path.c_str()) != 0)
    return failed(request, {ErrorKind::denied, "cannot be removed", path}, there->sha256);
  (void)system::sync_directory(directory_);
  return {request.token, {}, {}, {}};
}

std::string PolicyKeeper::answer(std::string_view payload) const {
  const Result<PolicyRequest> request = policy_request_of(payload);
  if (!request.ok() || !is_policy_name(request->name)) return {};
  switch (request->kind) {
    case PolicyRequest::Kind::read:
      return to_payload(read(*request));
    case PolicyRequest::Kind::put:
      return to_payload(put(*request));
    case PolicyRequest::Kind::remove:
      return to_payload(remove(*request));
  }
  return {};
}

}  // namespace plimsoll::server
