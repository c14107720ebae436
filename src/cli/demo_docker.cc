#include "cli/demo_docker.h"

#include <curl/curl.h>
#include <unistd.h>

#include <memory>

#include "base/text.h"

namespace plimsoll::cli {
namespace {

constexpr size_t reply_limit = size_t{8} << 20;

size_t collect(char* data, size_t size, size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > reply_limit) return 0;
  body.append(data, size * count);
  return size * count;
}

size_t from_descriptor(char* buffer, size_t size, size_t count, void* descriptor) {
  const ssize_t n = ::read(*static_cast<int*>(descriptor), buffer, size * count);
  return n < 0 ? CURL_READFUNC_ABORT : static_cast<size_t>(n);
}

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Request {
  std::string method, path, json;
  int descriptor = -1;
};

Result<DemoDocker::Reply> perform(const std::string& socket, Request request) {
  const Curl curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) return Error{ErrorKind::limit, "cannot start an HTTP request"};
  DemoDocker::Reply reply;
  const std::string url = "http://docker/v1.40" + request.path;
  curl_slist* list = curl_slist_append(
      nullptr, request.descriptor < 0 ? "Content-Type: application/json" : "Content-Type: application/x-tar");
  list = curl_slist_append(list, "Expect:");
  if (request.descriptor >= 0) list = curl_slist_append(list, "Transfer-Encoding: chunked");
  const Headers headers(list, curl_slist_free_all);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, request.descriptor < 0 ? 60L : 600L);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
  if (request.descriptor >= 0) {
    curl_easy_setopt(curl.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, from_descriptor);
    curl_easy_setopt(curl.get(), CURLOPT_READDATA, &request.descriptor);
  } else {
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method == "POST") {
      curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.json.c_str());
      curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(request.json.size()));
    }
  }
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    return Error{ErrorKind::unreachable, std::string("the Docker Engine does not answer: ") + curl_easy_strerror(code),
                 socket, "start it (script/docker-up), and run this as root or as a member of the docker group"};
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  return reply;
}

Error refused(const std::string& what, const DemoDocker::Reply& reply) {
  return {ErrorKind::conflict, what + ": " + printable(trim(reply.body), 500),
          "Docker Engine, status " + std::to_string(reply.status)};
}

}  // namespace

Result<DemoDocker::Reply> DemoDocker::call(const std::string& method, const std::string& path,
                                           const std::string& json) const {
  return perform(socket_, {method, path, json});
}

Result<std::string> DemoDocker::expect(const std::string& method, const std::string& path, const std::string& json,
                                       int also_fine) const {
  PLIMSOLL_TRY(reply, call(method, path, json));
  if (!reply.ok() && reply.status != also_fine) return refused(method + " " + path, reply);
  return std::move(reply.body);
}

Result<std::string> DemoDocker::upload(const std::string& path, int descriptor) const {
  PLIMSOLL_TRY(reply, perform(socket_, {"POST", path, {}, descriptor}));
  if (!reply.ok() || reply.body.find("\"error\"") != std::string::npos) return refused("POST " + path, reply);
  return std::move(reply.body);
}

}  // namespace plimsoll::cli
