#include "system/http_unix.h"

#include <algorithm>

#include "base/text.h"
#include "system/bounded_body.h"
#include "system/curl_unix.h"

namespace plimsoll::system {
Result<HttpReply> request_over_unix(const std::string& socket, std::string_view method, const std::string& target,
                                    std::string_view body, size_t limit, int seconds) {
  HeaderBudget budget;
  PLIMSOLL_TRY(handle, make_handle(socket, method, target, budget));
  CURL* curl = handle.get();
  BoundedBody reply;
  reply.limit = limit;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(nullptr, &curl_slist_free_all);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &BoundedBody::take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, static_cast<void*>(&reply));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(std::max(seconds, 1)));
  if (!body.empty()) {
    headers.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, std::string(method).c_str());
  }
  const CURLcode code = curl_easy_perform(curl);
  if (reply.too_large) {
    return Error{ErrorKind::limit, "reply larger than " + std::to_string(limit) + " bytes",
                 printable(socket) + " " + printable(target, 200)};
  }
  if (code != CURLE_OK) return transfer_error(curl, code, socket);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return HttpReply{static_cast<int>(status), std::move(reply.bytes)};
}

}  // namespace plimsoll::system
