#include "system/http_stream.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.h"
#include "system/curl_unix.h"

namespace plimsoll::system {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t enough = size_t{256} << 10;  // bytes waiting before the peer is held up

class UnixStream {
 public:
  // `request`: "GET /target", for errors.
  UnixStream(CurlHandle handle, const std::string& socket, const std::string& request, StreamBounds bounds)
      : socket_(socket), request_(request), bounds_(bounds), easy_(std::move(handle)) {}
  UnixStream(const UnixStream&) = delete;
  UnixStream& operator=(const UnixStream&) = delete;
  ~UnixStream() {
    if (multi_ && easy_) curl_multi_remove_handle(multi_.get(), easy_.get());
  }

  // Asks, and waits for the beginning of the body.
  Status start() {
    multi_.reset(curl_multi_init());
    curl_easy_setopt(easy_.get(), CURLOPT_WRITEFUNCTION, &UnixStream::receive);
    curl_easy_setopt(easy_.get(), CURLOPT_WRITEDATA, static_cast<void*>(this));
    if (!multi_ || curl_multi_add_handle(multi_.get(), easy_.get()) != CURLM_OK) {
      return Error{ErrorKind::limit, "cannot make an HTTP client", printable(socket_)};
    }
    PLIMSOLL_CHECK(wait_for_bytes());
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status == 200) return Done{};
    return Error{status == 404 ? ErrorKind::not_found : ErrorKind::unreachable,
                 "the peer answers " + std::to_string(status) + ": " + printable(trim(waiting_), 300),
                 printable(socket_) + " " + printable(request_, 200)};
  }

  Result<size_t> read(char* buffer, size_t capacity) {
    if (failed_) return *failed_;
    if (taken_ == waiting_.size()) {
      if (auto waited = wait_for_bytes(); !waited.ok()) return failed_.emplace(std::move(waited).error());
    }
    const size_t length = std::min(capacity, waiting_.size() - taken_);
    std::memcpy(buffer, waiting_.data() + taken_, length);
    taken_ += length;
    return length;
  }

 private:
  static size_t receive(char* data, size_t size, size_t count, void* user) {
    UnixStream& self = *static_cast<UnixStream*>(user);
    if (self.waiting_.size() >= enough) {
      self.held_up_ = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    self.waiting_.append(data, size * count);
    return size * count;
  }

  // Until something waits to be read, or the body has ended.
  Status wait_for_bytes() {
    waiting_.clear();
    taken_ = 0;
    const auto stalled = Clock::now() + std::chrono::seconds(bounds_.stall_seconds);
    while (waiting_.empty() && !ended_) {
      if (Clock::now() > std::min(stalled, whole_)) {
        return Error{ErrorKind::timeout, "the reply does not go on",
                     printable(socket_) + " " + printable(request_, 200)};
      }
      PLIMSOLL_CHECK(advance());
    }
    return Done{};
  }

  Status advance() {
    constexpr int wait_ms = 200;
    if (std::exchange(held_up_, false)) curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    int running = 0, messages = 0;
    if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) {
      return Error{ErrorKind::unreachable, "request failed", printable(socket_)};
    }
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &messages)) {
      if (message->msg != CURLMSG_DONE) continue;
      ended_ = true;
      if (message->data.result != CURLE_OK) return transfer_error(easy_.get(), message->data.result, socket_);
    }
    if (waiting_.empty() && !ended_) curl_multi_poll(multi_.get(), nullptr, 0, wait_ms, nullptr);
    return Done{};
  }

  std::string socket_, request_;
  StreamBounds bounds_;
  Clock::time_point whole_ = Clock::now() + std::chrono::seconds(bounds_.whole_seconds);
  std::string waiting_;  // received and not read yet, from taken_ on
  size_t taken_ = 0;
  bool held_up_ = false, ended_ = false;
  std::optional<Error> failed_;
  CurlHandle easy_{nullptr, &curl_easy_cleanup};
  std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi_{nullptr, &curl_multi_cleanup};
};

}  // namespace

Result<BodyStream> stream_of(CurlHandle handle, const std::string& socket, const std::string& request,
                             StreamBounds bounds) {
  // Shared by the copies of the function.
  const auto stream = std::make_shared<UnixStream>(std::move(handle), socket, request, bounds);
  PLIMSOLL_CHECK(stream->start());
  return BodyStream([stream](char* buffer, size_t capacity) { return stream->read(buffer, capacity); });
}

Result<BodyStream> stream_over_unix(const std::string& socket, const std::string& target, StreamBounds bounds) {
  const auto budget = std::make_shared<HeaderBudget>();
  PLIMSOLL_TRY(handle, make_handle(socket, "GET", target, *budget));
  PLIMSOLL_TRY(stream, stream_of(std::move(handle), socket, "GET " + target, bounds));
  return BodyStream([budget, stream](char* buffer, size_t capacity) { return stream(buffer, capacity); });
}

}  // namespace plimsoll::system
