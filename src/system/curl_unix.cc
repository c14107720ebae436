#include "system/curl_unix.h"

#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "system/errno_error.h"

namespace plimsoll::system {
namespace {

// libcurl's global state, made once and kept for the life of the program.
bool library_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

size_t spend_header(char*, size_t size, size_t count, void* user) {
  HeaderBudget& budget = *static_cast<HeaderBudget*>(user);
  if (size * count > budget.left) return 0;
  budget.left -= size * count;
  return size * count;
}

Error connect_error(int number, const std::string& socket) {
  Error error = errno_error(number, "connect", socket);
  if (error.kind == ErrorKind::denied) error.advice = "run as root, or as a user who may connect to this socket";
  return error;
}

Status check_socket(const std::string& socket) {
  struct stat info{};
  if (::stat(socket.c_str(), &info) != 0) return connect_error(errno, socket);
  if (!S_ISSOCK(info.st_mode)) return Error{ErrorKind::unreachable, "cannot connect: not a socket", printable(socket)};
  if (socket.size() >= sizeof(sockaddr_un::sun_path)) {
    return Error{ErrorKind::limit, "cannot connect: the path is too long for a socket", printable(socket)};
  }
  return Done{};
}

Status check_request(std::string_view method, const std::string& target) {
  const bool method_fits = !method.empty() && method.size() <= 16 &&
                           std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool target_fits =
      !target.empty() && target.front() == '/' && target.size() <= 16384 &&
      std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
  if (!method_fits || !target_fits) {
    return Error{ErrorKind::malformed,
                 "not a request that can be sent: " + printable(method) + " " + printable(target, 200)};
  }
  return Done{};
}

}  // namespace

Result<CurlHandle> make_handle(const std::string& socket, std::string_view method, const std::string& target,
                               HeaderBudget& budget) {
  PLIMSOLL_CHECK(check_request(method, target));
  PLIMSOLL_CHECK(check_socket(socket));
  CurlHandle handle(library_ready() ? curl_easy_init() : nullptr, &curl_easy_cleanup);
  if (!handle) return Error{ErrorKind::limit, "cannot make an HTTP client", printable(socket)};
  CURL* curl = handle.get();
  const std::string url = "http://localhost" + target;
  const std::string verb(method);
  CURLcode code = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    if (code == CURLE_OK) code = curl_easy_setopt(curl, option, value);
  };
  set(CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http");
  set(CURLOPT_PROXY, "");  // also overrides the http_proxy variables
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HEADERFUNCTION, &spend_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&budget));
  if (verb == "HEAD") set(CURLOPT_NOBODY, 1L);
  if (verb != "GET") set(CURLOPT_CUSTOMREQUEST, verb.c_str());
  if (code != CURLE_OK) return transfer_error(curl, code, socket);
  return handle;
}

Error transfer_error(CURL* handle, CURLcode code, const std::string& socket) {
  long number = 0;
  if (code == CURLE_COULDNT_CONNECT) {
    curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &number);
    if (number != 0) return connect_error(static_cast<int>(number), socket);
  }
  ErrorKind kind = ErrorKind::unreachable;
  if (code == CURLE_OPERATION_TIMEDOUT) kind = ErrorKind::timeout;
  if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_WRITE_ERROR ||
      code == CURLE_BAD_CONTENT_ENCODING || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM) {
    kind = ErrorKind::malformed;
  }
  return {kind, std::string("request failed: ") + curl_easy_strerror(code), printable(socket)};
}

}  // namespace plimsoll::system
