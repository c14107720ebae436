#include "notify/transfer.h"

#include "base/text.h"
#include "system/bounded_body.h"

namespace plimsoll::notify {

bool load_transfer_library() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

Transfer::Transfer(std::string url, const Credentials& credentials, DeliveryBounds bounds)
    : handle_(load_transfer_library() ? curl_easy_init() : nullptr, &curl_easy_cleanup),
      url_(std::move(url)),
      ca_pem_(credentials.ca_pem) {
  if (!handle_) return;
  CURL* const curl = handle_.get();
  curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(bounds.connect.count()));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(bounds.stall.count()));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(bounds.whole.count()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "plimsoll");
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message_);
  if (!ca_pem_.empty()) {
    curl_blob blob{ca_pem_.data(), ca_pem_.size(), CURL_BLOB_NOCOPY};
    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
  }
}

Status Transfer::perform() {
  message_[0] = '\0';
  const CURLcode code = curl_easy_perform(handle_.get());
  if (code == CURLE_OK) return Done{};
  ErrorKind kind = ErrorKind::unreachable;
  if (code == CURLE_OPERATION_TIMEDOUT) kind = ErrorKind::timeout;
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_LOGIN_DENIED) kind = ErrorKind::denied;
  return Error{kind, printable(message_[0] != '\0' ? message_ : curl_easy_strerror(code), 300)};
}

Result<Transfer::Answer> Transfer::http(const std::vector<std::pair<std::string, std::string>>& headers,
                                        const std::string* body, size_t most) {
  if (!ready()) return Error{ErrorKind::unsupported, "libcurl.so.4 is not installed"};
  CURL* const curl = handle_.get();
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list, line.c_str())) list = longer;
  };
  for (const auto& [name, value] : headers) add(name + ": " + value);
  add("Expect:");
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> owner(list, &curl_slist_free_all);
  system::BoundedBody answer{.bytes = {}, .limit = most};
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &system::BoundedBody::take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  if (body != nullptr) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
  } else {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  }
  const Status performed = perform();
  Answer out;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out.status);
  curl_off_t wait = 0;
  if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK) out.retry_after = static_cast<long>(wait);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  // An answer that is longer than anybody reads is an answer all the same.
  if (!performed.ok() && !(answer.too_large && out.status != 0)) return performed.error();
  out.body = std::move(answer.bytes);
  return out;
}

}  // namespace plimsoll::notify
