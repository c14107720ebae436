#include "server/policy_desk.h"

#include <algorithm>

#include "server/policy_keeper.h"
#include "server/policy_versions.h"

namespace plimsoll::server {

Status PolicyDesk::may_write(std::string_view name) const {
  if (!ground_.writes) return Error{ErrorKind::denied, policies_not_by_api};
  if (is_policy_name(name)) return Done{};
  return Error{ErrorKind::malformed,
               "a file of policies that is changed here has a name of small letters, digits and '-', ending in .yaml"};
}

std::string PolicyDesk::path_of(const std::string& name) const {
  for (const auto& [path, text] : ground_.in_force()) {
    if (policy_file_name(path) == name) return path;
  }
  return (ground_.directory.empty() ? policy::policies_directory : ground_.directory) + "/" + name;
}

PolicyDesk::Files PolicyDesk::files_with(const std::string& name, const std::string& text) const {
  const std::string path = path_of(name);
  Files out = ground_.in_force();
  const auto there = std::find_if(out.begin(), out.end(), [&](const auto& file) { return file.first == path; });
  if (there != out.end()) {
    there->second = text;
    return out;
  }
  out.emplace_back(path, text);
  std::sort(out.begin(), out.end());
  return out;
}

Result<InForce> PolicyDesk::with(const std::string& name, const std::string& text) const {
  if (text.size() > most_policy_text) return Error{ErrorKind::limit, "the text is over 256 KiB"};
  return ground_.make(files_with(name, text));
}

Result<analyzer::PolicyTrial> PolicyDesk::try_out(const std::string& name, const std::string& text) {
  PLIMSOLL_TRY(other, with(name, text));
  const std::unique_lock lock(trying_, std::try_to_lock);
  if (!lock.owns_lock()) return Error{ErrorKind::limit, "another dry run is under way; try again in a moment"};
  if (!ground_.judge) return Error{ErrorKind::unreachable, "nothing is stored yet"};
  return ground_.judge(other);
}

Result<PolicyAnswer> PolicyDesk::read(const std::string& name) {
  PLIMSOLL_CHECK(may_write(name));
  return ask({PolicyRequest::Kind::read, 0, name, {}, {}});
}

Result<PolicyAnswer> PolicyDesk::put(const std::string& name, const std::string& before, const std::string& text) {
  PLIMSOLL_CHECK(may_write(name));
  if (text.size() > most_policy_text) return Error{ErrorKind::limit, "the text is over 256 KiB"};
  if (!before.empty() && !is_policy_hash(before))
    return Error{ErrorKind::malformed, "'before' is the SHA-256 of the file as it was, or empty: there was none"};
  return ask({PolicyRequest::Kind::put, 0, name, before, text});
}

Result<PolicyAnswer> PolicyDesk::remove(const std::string& name, const std::string& before) {
  PLIMSOLL_CHECK(may_write(name));
  if (!is_policy_hash(before))
    return Error{ErrorKind::malformed, "'before' is the SHA-256 of the file that is to be removed"};
  return ask({PolicyRequest::Kind::remove, 0, name, before, {}});
}

Result<PolicyAnswer> PolicyDesk::ask(PolicyRequest request) {
  return answers_.ask([&](uint64_t token) {
    request.token = token;
    return ground_.say(to_payload(request));
  });
}

void PolicyDesk::take(PolicyAnswer answer) {
  const uint64_t token = answer.token;
  answers_.take(token, std::move(answer));
}

}  // namespace plimsoll::server
