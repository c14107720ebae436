#include "system/http_get.h"

#include <curl/curl.h>

#include <memory>

#include "base/text.h"
#include "system/bounded_body.h"

namespace plimsoll::system {
namespace {

constexpr long max_redirects = 5, trickle_bytes_a_second = 100;

ErrorKind kind_of(CURLcode code) {
  if (code == CURLE_OPERATION_TIMEDOUT) return ErrorKind::timeout;
  return code == CURLE_UNSUPPORTED_PROTOCOL ? ErrorKind::unsupported : ErrorKind::unreachable;
}

}  // namespace

Result<std::optional<std::string>> http_get(const std::string& url, size_t limit, GetBounds bounds) {
  const std::unique_ptr<CURL, void (*)(CURL*)> owner(curl_easy_init(), &curl_easy_cleanup);
  CURL* const handle = owner.get();
  if (handle == nullptr) return Error{ErrorKind::bug, "the download library does not start"};
  BoundedBody body{.bytes = {}, .limit = limit};
  char message[CURL_ERROR_SIZE] = {};
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, max_redirects);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(bounds.connect_seconds));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(bounds.stall_seconds));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, trickle_bytes_a_second);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(bounds.whole_seconds));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "plimsoll");
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &BoundedBody::take);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, message);
  const CURLcode code = curl_easy_perform(handle);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  const std::string where = printable(url, 300);
  if (body.too_large) return Error{ErrorKind::limit, "is larger than " + std::to_string(limit) + " bytes", where};
  if (code != CURLE_OK) {
    const char* const why = message[0] != '\0' ? message : curl_easy_strerror(code);
    return Error{kind_of(code), "cannot be fetched: " + printable(why, 300), where};
  }
  if (status == 200) return std::optional<std::string>(std::move(body.bytes));
  if (status == 404 || status == 410) return std::optional<std::string>();
  return Error{status == 401 || status == 403 ? ErrorKind::denied : ErrorKind::unreachable,
               "cannot be fetched: the server answers " + std::to_string(status), where};
}

}  // namespace plimsoll::system
