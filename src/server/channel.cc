#include "server/channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.h"
#include "server/frames.h"
#include "system/errno_error.h"

namespace plimsoll::server {
namespace {

bool is_known(uint32_t type) {
  constexpr std::array known{
      Say::facts,         Say::step,     Say::failed,     Say::update_step,     Say::updated,
      Say::changes,       Say::response, Say::plan,       Say::policy,          Say::policy_fault,
      Say::policy_answer, Say::scan_now, Say::scan_asset, Say::update_database, Say::respond,
      Say::ask_policy};
  return std::any_of(known.begin(), known.end(), [&](Say each) { return static_cast<uint32_t>(each) == type; });
}

}  // namespace

Result<Channel::Pair> Channel::make_pair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return system::errno_error(errno, "make", "a socket pair");
  return Pair{Channel(system::Descriptor(ends[0])), Channel(system::Descriptor(ends[1]))};
}

Status Channel::send(Say type, std::string_view payload) {
  return send_frame(socket_.get(), static_cast<uint32_t>(type), payload);
}

Result<Message> Channel::receive(uint64_t most) {
  PLIMSOLL_TRY(frame, receive_frame(socket_.get(), most));
  if (!is_known(frame.type)) return Error{ErrorKind::malformed, "not a message of plimsoll serve"};
  return Message{static_cast<Say>(frame.type), std::move(frame.payload)};
}

std::string to_payload(const Step& step) {
  return std::to_string(step.done) + " " + std::to_string(step.total) + " " + step.what;
}

Step step_of(std::string_view payload) {
  const size_t first = payload.find(' '), second = first == payload.npos ? payload.npos : payload.find(' ', first + 1);
  if (second == payload.npos) return {std::string(payload), 0, 0};
  const auto done = parse_uint(payload.substr(0, first)),
             total = parse_uint(payload.substr(first + 1, second - first - 1));
  if (!done || !total) return {std::string(payload), 0, 0};
  return {std::string(payload.substr(second + 1)), *done, *total};
}

std::string to_payload(const PolicyFiles& files) {
  std::string out;
  for (const auto& [name, text] : files)
    out += std::to_string(name.size()) + ' ' + std::to_string(text.size()) + '\n' + name + text;
  return out;
}

Result<PolicyFiles> policy_files_of(std::string_view payload) {
  PolicyFiles out;
  while (!payload.empty()) {
    const size_t blank = payload.find(' '), end = payload.find('\n');
    if (blank == payload.npos || end == payload.npos || blank > end)
      return Error{ErrorKind::malformed, "a list of policy files without a length"};
    const auto name = parse_uint(payload.substr(0, blank));
    const auto text = parse_uint(payload.substr(blank + 1, end - blank - 1));
    payload.remove_prefix(end + 1);
    if (!name || !text || *name > payload.size() || *text > payload.size() - *name)
      return Error{ErrorKind::malformed, "a list of policy files that is cut"};
    out.emplace_back(payload.substr(0, *name), payload.substr(*name, *text));
    payload.remove_prefix(*name + *text);
  }
  return out;
}

std::string to_payload(const std::vector<std::string>& unchanged, std::string_view recording) {
  std::string out;
  for (const std::string& id : unchanged) out += id + '\n';
  return out.append(1, '\n').append(recording);
}

Result<Delta> delta_of(std::string_view payload) {
  Delta out;
  for (;;) {
    const size_t end = payload.find('\n');
    if (end == payload.npos) return Error{ErrorKind::malformed, "a list of unchanged assets without an end"};
    const std::string_view id = payload.substr(0, end);
    payload.remove_prefix(end + 1);
    if (id.empty()) break;
    out.unchanged.emplace_back(id);
  }
  out.recording = payload;
  return out;
}

void Channel::close() { ::shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace plimsoll::server
