#pragma once
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "notify/delivery.h"
#include "system/descriptor.h"

namespace plimsoll::notify {

// One connection over UDP, TCP or TLS on which only we speak. Every wait ends by its deadline.
class LineSocket {
 public:
  using Clock = std::chrono::steady_clock;

  // By `address` (scheme udp, tcp or tls). With TLS the other end's certificate must name the host and be signed by an
  // authority of `ca_pem`, or of the system where that is empty (RFC 5425 section 5.2). unreachable, timeout, denied.
  static Result<std::unique_ptr<LineSocket>> connect(const Address& address, const std::string& ca_pem,
                                                     Clock::time_point deadline);
  ~LineSocket();
  LineSocket(const LineSocket&) = delete;
  LineSocket& operator=(const LineSocket&) = delete;

  // All of it, into the kernel; of UDP one datagram.
  Status send(std::string_view bytes, Clock::time_point deadline);
  // Until the other end's kernel has taken everything that was sent, and has not closed the connection: the most that
  // can be known where receivers do not answer. Of UDP nothing can.
  Status settle(Clock::time_point deadline);
  // Whether the other end is still there, as far as one hears.
  Status alive();

 private:
  LineSocket(system::Descriptor socket, bool datagrams) : socket_(std::move(socket)), datagrams_(datagrams) {}
  Status begin_tls(const std::string& host, const std::string& ca_pem, Clock::time_point deadline);
  Status wait(short events, Clock::time_point deadline);
  // What SSL_get_error() tells to do next: waits for it, or is the reason to give up.
  Status wait_for_tls(int code, Clock::time_point deadline);

  system::Descriptor socket_;
  bool datagrams_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{nullptr, &SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> tls_{nullptr, &SSL_free};
};

}  // namespace plimsoll::notify
