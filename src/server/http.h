#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "system/descriptor.h"

namespace plimsoll::server {

// One request as it came over the wire; every field is a stranger's.
struct Request {
  std::string method;                                        // "GET"
  std::string path;                                          // of the target, still percent-encoded; begins with '/'
  std::string query;                                         // what stands after '?', likewise
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string peer;     // address of the other end, without port
  bool secure = false;  // came over TLS

  // The first header of that (lower-case) name; empty when there is none.
  std::string_view header(std::string_view name) const;
};

// Bytes of an answer that goes on: asked for again after each wake(); "" when there is nothing now, nothing at the end.
// Called on a worker thread, never for one stream twice at once.
using StreamSource = std::function<std::optional<std::string>()>;

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  StreamSource stream;  // not empty: sent after the (empty) body for as long as it goes on
};

// Answers one request. Called on worker threads, several at once; must not throw.
using Handler = std::function<Response(const Request&)>;

struct HttpLimits {
  uint32_t header_bytes = 16u << 10;
  uint64_t body_bytes = 1u << 20;
  uint32_t connections = 2048;             // more are closed at once
  uint32_t connections_per_address = 256;  // likewise; loopback counts as one address, too
  std::chrono::seconds request{10};        // for TLS handshake, header and body together
  std::chrono::seconds idle{60};           // between two requests of a connection
  std::chrono::seconds answer{30};         // until an answer, or one piece of a stream, is taken
  std::chrono::seconds heartbeat{15};      // of a stream that has nothing to say
  unsigned workers = 3;
};

struct Tls {
  std::string certificate_pem, key_pem;
};

// Counted since the start; for /metrics.
struct HttpCounts {
  uint64_t connections = 0, open = 0, streams = 0, refused = 0, requests = 0, malformed = 0, timed_out = 0;
};

// An HTTP/1.1 server (RFC 9112) on one network thread and a few workers; TLS 1.2 and 1.3 where `tls` is given.
class HttpServer {
 public:
  // `listener` is a listening TCP socket. malformed: certificate and key are not fit.
  static Result<std::unique_ptr<HttpServer>> make(system::Descriptor listener, const std::optional<Tls>& tls,
                                                  HttpLimits limits, Handler handler);
  virtual ~HttpServer() = default;
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Serves until stop(): the calling thread is the network thread.
  virtual void run() = 0;
  // From any thread: ends every connection, and then run().
  virtual void stop() = 0;
  // From any thread: streams are asked for more.
  virtual void wake() = 0;
  virtual HttpCounts counts() const = 0;

 protected:
  HttpServer() = default;
};

// The reason phrase of a status code (RFC 9110), "Status" when it has none here.
std::string_view reason_of(int status);

// A listening TCP socket on "127.0.0.1:8443" or "[::1]:8443"; port 0 takes a free one. malformed: not such an address.
struct ListenAddress {
  std::string host;
  uint16_t port = 0;
  bool loopback = false;
};
Result<ListenAddress> parse_listen_address(std::string_view text);
Result<system::Descriptor> listen_on(const ListenAddress& address);
// The port a listening socket has.
uint16_t port_of(int listener);

}  // namespace plimsoll::server
