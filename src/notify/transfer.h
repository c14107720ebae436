#pragma once
#include <curl/curl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "notify/delivery.h"

// libcurl, as every request that leaves the machine from here is set up. Only files that include this one see it.
namespace plimsoll::notify {

class Transfer {
 public:
  Transfer(std::string url, const Credentials& credentials, DeliveryBounds bounds);

  CURL* handle() { return handle_.get(); }
  bool ready() const { return handle_ != nullptr; }

  // An HTTP request; a body by POST, none by GET. Redirects are not followed: what is sent was meant for one place.
  struct Answer {
    long status = 0;
    std::string body;      // up to `most` bytes
    long retry_after = 0;  // seconds
  };
  Result<Answer> http(const std::vector<std::pair<std::string, std::string>>& headers, const std::string* body,
                      size_t most);

  // Performs what was set up; the reason when it fails. unreachable, timeout, denied (the other end's certificate).
  Status perform();

 private:
  std::unique_ptr<CURL, void (*)(CURL*)> handle_;
  std::string url_, ca_pem_;
  char message_[CURL_ERROR_SIZE] = {};
};

// libcurl's own state and libraries, loaded while files may still be read and there is one thread.
bool load_transfer_library();

}  // namespace plimsoll::notify
