// The only file that knows Boost: what Beast and Asio cost to compile is paid once, here.
#include "server/http.h"

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <exception>
#include <map>
#include <unordered_set>

#include "base/text.h"

namespace plimsoll::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;

// A connection with or without TLS as one type, so that all that reads and writes is compiled once.
class Wire {
 public:
  using executor_type = beast::tcp_stream::executor_type;

  Wire(tcp::socket socket, asio::ssl::context* tls) : tcp_(std::move(socket)) {
    if (tls != nullptr) tls_.emplace(tcp_, *tls);
  }
  executor_type get_executor() { return tcp_.get_executor(); }
  beast::tcp_stream& transport() { return tcp_; }
  beast::ssl_stream<beast::tcp_stream&>* tls() { return tls_ ? &*tls_ : nullptr; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_read_some(buffers, std::forward<Token>(token))
                : tcp_.async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_write_some(buffers, std::forward<Token>(token))
                : tcp_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  beast::tcp_stream tcp_;
  std::optional<beast::ssl_stream<beast::tcp_stream&>> tls_;
};

// Runs `work` on `pool` and comes back to where it was called, with what it threw.
template <class Pool, class Work>
awaitable<void> on_worker(Pool& pool, Work work) {
  const auto here = co_await asio::this_coro::executor;
  co_await asio::post(asio::bind_executor(pool.get_executor(), use_awaitable));
  std::exception_ptr failed;
  try {
    work();
  } catch (...) {
    failed = std::current_exception();  // told where the connection's own state may be touched
  }
  co_await asio::post(asio::bind_executor(here, use_awaitable));
  if (failed) std::rethrow_exception(failed);
}

class BeastServer final : public HttpServer {
 public:
  BeastServer(HttpLimits limits, Handler handler)
      : limits_(limits), handler_(std::move(handler)), acceptor_(io_), pool_(limits.workers) {}

  ~BeastServer() override { pool_.join(); }

  Status open(system::Descriptor listener, const std::optional<Tls>& tls) {
    error_code failed;
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&name), &length) != 0)
      return Error{ErrorKind::bug, "the listening socket is none"};
    acceptor_.assign(name.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), listener.get(), failed);
    if (failed) return Error{ErrorKind::unreachable, "cannot listen: " + failed.message()};
    listener.release();
    return tls ? take_certificate(*tls) : Status(Done{});
  }

  void run() override {
    asio::co_spawn(io_, accept_all(), asio::detached);
    io_.run();
    pool_.stop();
    pool_.join();
  }

  void stop() override {
    asio::post(io_, [this] {
      stopping_ = true;
      error_code ignored;
      acceptor_.close(ignored);
      for (Wire* wire : wires_) wire->transport().socket().close(ignored);
      for (asio::steady_timer* timer : sleepers_) timer->cancel();
    });
  }

  void wake() override {
    // Many in a row are one.
    if (wake_pending_.exchange(true)) return;
    asio::post(io_, [this] {
      wake_pending_ = false;
      ++waking_;
      for (asio::steady_timer* timer : sleepers_) timer->cancel();
    });
  }

  HttpCounts counts() const override {
    HttpCounts out;
    out.connections = connections_;
    out.open = open_;
    out.streams = streams_;
    out.refused = refused_;
    out.requests = requests_;
    out.malformed = malformed_;
    out.timed_out = timed_out_;
    return out;
  }

 private:
  Status take_certificate(const Tls& tls) {
    tls_ = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    error_code failed;
    tls_->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                          asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 |
                          SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE,
                      failed);
    SSL_CTX_set_min_proto_version(tls_->native_handle(), TLS1_2_VERSION);
    // TLS 1.2 with forward secrecy and authenticated encryption only.
    if (SSL_CTX_set_cipher_list(tls_->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
      return Error{ErrorKind::unsupported, "this OpenSSL has none of the ciphers we use"};
    if (!failed) tls_->use_certificate_chain(asio::buffer(tls.certificate_pem), failed);
    if (failed)
      return Error{ErrorKind::malformed, "the TLS certificate cannot be used: " + printable(failed.message())};
    tls_->use_private_key(asio::buffer(tls.key_pem), asio::ssl::context::pem, failed);
    if (failed || SSL_CTX_check_private_key(tls_->native_handle()) != 1)
      return Error{ErrorKind::malformed, "the TLS key cannot be used, or is of another certificate"};
    return Done{};
  }

  awaitable<void> accept_all() {
    while (!stopping_) {
      error_code failed;
      tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(use_awaitable, failed));
      if (stopping_) break;
      if (failed) {  // out of descriptors, mostly: those that are open end sooner or later
        asio::steady_timer pause(io_, std::chrono::milliseconds(50));
        co_await pause.async_wait(asio::redirect_error(use_awaitable, failed));
        continue;
      }
      ++connections_;
      const tcp::endpoint peer = socket.remote_endpoint(failed);
      const std::string address = failed ? std::string() : peer.address().to_string();
      if (failed || open_ >= limits_.connections || of_address_[address] >= limits_.connections_per_address) {
        ++refused_;
        if (const auto row = of_address_.find(address); row != of_address_.end() && row->second == 0)
          of_address_.erase(row);
        continue;
      }
      socket.set_option(tcp::no_delay(true), failed);
      ++open_;
      ++of_address_[address];
      asio::co_spawn(io_, serve(std::move(socket), address), asio::detached);
    }
  }

  awaitable<void> serve(tcp::socket socket, std::string address) {
    {
      Wire wire(std::move(socket), tls_.get());
      wires_.insert(&wire);
      try {
        co_await talk(wire, address);
      } catch (const std::exception&) {
        // The other end is gone, or memory is: this connection ends either way.
      }
      wires_.erase(&wire);
    }
    --open_;
    if (const auto row = of_address_.find(address); row != of_address_.end() && --row->second == 0)
      of_address_.erase(row);
  }

  awaitable<void> talk(Wire& wire, const std::string& address) {
    error_code failed;
    // One deadline for handshake, header and body: a byte now and then does not move it.
    wire.transport().expires_after(limits_.request);
    if (wire.tls() != nullptr) {
      co_await wire.tls()->async_handshake(asio::ssl::stream_base::server, asio::redirect_error(use_awaitable, failed));
      if (failed) {
        ++(failed == beast::error::timeout ? timed_out_ : malformed_);
        co_return;
      }
    }
    beast::flat_buffer buffer(limits_.header_bytes + 4096);
    for (bool first = true; !stopping_; first = false) {
      if (!first && buffer.size() == 0) {
        // Quiet until the next request begins; its own deadline starts then.
        wire.transport().expires_after(limits_.idle);
        const size_t got =
            co_await wire.async_read_some(buffer.prepare(4096), asio::redirect_error(use_awaitable, failed));
        if (failed) break;
        buffer.commit(got);
      }
      if (!first) wire.transport().expires_after(limits_.request);
      http::request_parser<http::string_body> parser;
      parser.header_limit(limits_.header_bytes);
      parser.body_limit(limits_.body_bytes);
      co_await http::async_read_header(wire, buffer, parser, asio::redirect_error(use_awaitable, failed));
      if (!failed && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        http::response<http::empty_body> go_on(http::status::continue_, 11);
        co_await http::async_write(wire, go_on, asio::redirect_error(use_awaitable, failed));
      }
      if (!failed && !parser.is_done())
        co_await http::async_read(wire, buffer, parser, asio::redirect_error(use_awaitable, failed));
      if (failed) {
        co_await refuse(wire, failed);
        break;
      }
      ++requests_;
      const bool keep_alive = parser.get().keep_alive();
      const bool head = parser.get().method() == http::verb::head;
      const unsigned version = parser.get().version();
      const Request request = take_request(parser.release(), address);
      Response response;
      co_await on_worker(pool_, [&] { response = handler_(request); });
      if (response.stream && !head) {
        co_await stream(wire, std::move(response));
        break;
      }
      const bool more = keep_alive && !stopping_;
      co_await answer(wire, std::move(response), version, head, more, failed);
      if (failed || !more) break;
    }
    if (wire.tls() != nullptr) {
      wire.transport().expires_after(std::chrono::seconds(1));
      co_await wire.tls()->async_shutdown(asio::redirect_error(use_awaitable, failed));
    }
  }

  // What could not be understood is told, as far as the other end listens.
  awaitable<void> refuse(Wire& wire, error_code why) {
    int status = 400;
    if (why == http::error::end_of_stream || why == asio::error::eof || why == asio::ssl::error::stream_truncated)
      co_return;
    if (why == beast::error::timeout) {
      ++timed_out_;  // the socket is closed already
      co_return;
    }
    if (why.category() != http::make_error_code(http::error::bad_method).category()) co_return;
    ++malformed_;
    if (why == http::error::header_limit || why == http::error::buffer_overflow) status = 431;
    if (why == http::error::body_limit) status = 413;
    Response response;
    response.status = status;
    response.type = "application/problem+json";
    response.body = "{\"type\":\"about:blank\",\"title\":\"" + std::string(reason_of(status)) +
                    "\",\"status\":" + std::to_string(status) + "}\n";
    error_code ignored;
    co_await answer(wire, std::move(response), 11, false, false, ignored);
  }

  Request take_request(http::request<http::string_body> parsed, const std::string& address) {
    Request out;
    out.method = std::string(parsed.method_string());
    const std::string target(parsed.target());
    const size_t mark = target.find('?');
    out.path = target.substr(0, mark);
    if (mark != std::string::npos) out.query = target.substr(mark + 1);
    for (const auto& field : parsed) {
      out.headers.emplace_back(lower({field.name_string().data(), field.name_string().size()}),
                               std::string(field.value()));
    }
    out.body = std::move(parsed.body());
    out.peer = address;
    out.secure = tls_ != nullptr;
    return out;
  }

  template <class Message>
  static void set_fields(Message& message, const Response& response) {
    message.result(static_cast<unsigned>(response.status));
    message.reason(std::string(reason_of(response.status)));
    if (!response.type.empty()) message.set(http::field::content_type, response.type);
    for (const auto& [name, value] : response.headers) message.insert(name, value);
  }

  awaitable<void> answer(Wire& wire, Response response, unsigned version, bool head, bool keep_alive,
                         error_code& failed) {
    wire.transport().expires_after(limits_.answer);
    const size_t length = response.body.size();
    http::response<http::string_body> message;
    message.version(version);
    set_fields(message, response);
    message.keep_alive(keep_alive);
    if (response.status != 204 && response.status != 304) message.content_length(length);
    if (!head) message.body() = std::move(response.body);
    http::response_serializer<http::string_body> serializer(message);
    if (head) {
      co_await http::async_write_header(wire, serializer, asio::redirect_error(use_awaitable, failed));
    } else {
      co_await http::async_write(wire, serializer, asio::redirect_error(use_awaitable, failed));
    }
  }

  // Sends pieces for as long as there are any; a reader that does not take one in time is let go.
  awaitable<void> stream(Wire& wire, Response response) {
    error_code failed;
    ++streams_;
    http::response<http::empty_body> head;
    head.version(11);
    set_fields(head, response);
    head.chunked(true);
    head.keep_alive(false);
    http::response_serializer<http::empty_body> serializer(head);
    wire.transport().expires_after(limits_.answer);
    co_await http::async_write_header(wire, serializer, asio::redirect_error(use_awaitable, failed));
    asio::steady_timer sleeper(io_);
    while (!failed && !stopping_) {
      const uint64_t before = waking_;
      std::optional<std::string> piece;
      co_await on_worker(pool_, [&] { piece = response.stream(); });
      if (!piece) break;
      if (piece->empty()) {
        if (before != waking_) continue;  // woken while it was asked
        sleeper.expires_after(limits_.heartbeat);
        sleepers_.insert(&sleeper);
        error_code woken;
        co_await sleeper.async_wait(asio::redirect_error(use_awaitable, woken));
        sleepers_.erase(&sleeper);
        if (woken) continue;
        piece = ":\n\n";  // a comment of the event stream: shows each side that the other is there
      }
      wire.transport().expires_after(limits_.answer);
      co_await asio::async_write(wire, http::make_chunk(asio::buffer(*piece)),
                                 asio::redirect_error(use_awaitable, failed));
    }
    if (!failed) {
      wire.transport().expires_after(limits_.answer);
      co_await asio::async_write(wire, http::make_chunk_last(), asio::redirect_error(use_awaitable, failed));
    }
    --streams_;
  }

  HttpLimits limits_;
  Handler handler_;
  asio::io_context io_{1};
  std::unique_ptr<asio::ssl::context> tls_;
  tcp::acceptor acceptor_;
  asio::thread_pool pool_;
  std::atomic<bool> wake_pending_{false};
  std::atomic<uint64_t> connections_{0}, open_{0}, streams_{0}, refused_{0}, requests_{0}, malformed_{0}, timed_out_{0};

  // Of the network thread alone.
  bool stopping_ = false;
  uint64_t waking_ = 0;
  std::map<std::string, uint32_t> of_address_;
  std::unordered_set<Wire*> wires_;
  std::unordered_set<asio::steady_timer*> sleepers_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::make(system::Descriptor listener, const std::optional<Tls>& tls,
                                                     HttpLimits limits, Handler handler) {
  auto server = std::make_unique<BeastServer>(limits, std::move(handler));
  PLIMSOLL_CHECK(server->open(std::move(listener), tls));
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace plimsoll::server
