#include "runtime/docker_session.h"

#include "base/text.h"
#include "runtime/docker_replies.h"

namespace plimsoll::runtime {
namespace {

constexpr size_t version_limit = size_t{1} << 20;
constexpr int reply_seconds = 10;

}  // namespace

Result<std::string> DockerSession::get(const std::string& target, size_t limit) {
  if (hung_) return *hung_;
  auto reply = machine_.http_unix(socket_, "GET", prefix_ + target, "", limit, reply_seconds);
  if (!reply.ok() && reply.error().kind == ErrorKind::timeout) {
    hung_ = Error{ErrorKind::timeout, "the engine does not answer within " + std::to_string(reply_seconds) + " s",
                  printable(socket_) + " GET " + printable(target, 200)};
    return *hung_;
  }
  if (!reply.ok()) return reply.error();
  if (reply->status == 200) return std::move(reply->body);
  ErrorKind kind = ErrorKind::unreachable;
  if (reply->status == 404) kind = ErrorKind::not_found;
  if (reply->status == 403) kind = ErrorKind::denied;
  return Error{kind, "the engine answers " + std::to_string(reply->status) + ": " + printable(trim(reply->body), 200),
               printable(socket_) + " GET " + printable(target, 200)};
}

Result<std::string> DockerSession::agree_on_version() {
  PLIMSOLL_TRY(body, get("/version", version_limit));
  PLIMSOLL_TRY(facts, read_version(body));
  PLIMSOLL_TRY(spoken, choose_api_version(facts.api_version, oldest_api_version(body)));
  prefix_ = "/v" + spoken;
  return body;
}

}  // namespace plimsoll::runtime
