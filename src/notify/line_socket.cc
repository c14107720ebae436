#include "notify/line_socket.h"

#include <linux/sockios.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "base/text.h"
#include "system/errno_error.h"

namespace plimsoll::notify {
namespace {

using Clock = LineSocket::Clock;

Error late() { return {ErrorKind::timeout, "it does not answer in time"}; }
Error closed() { return {ErrorKind::unreachable, "it closed the connection"}; }

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left <= 0 ? 0 : static_cast<int>(std::min<int64_t>(left, 600'000));
}

std::string tls_reason() {
  char text[256] = {};
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the TLS connection broke off";
  ERR_error_string_n(code, text, sizeof text);
  return text;
}

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Result<Addresses> resolve(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = address.scheme == "udp" ? SOCK_DGRAM : SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  Addresses out(found, &::freeaddrinfo);
  if (code != 0)
    return Error{ErrorKind::unreachable, std::string("its name cannot be resolved: ") + ::gai_strerror(code)};
  return out;
}

// The authorities of a PEM text, or those of the system.
bool trust(SSL_CTX* context, const std::string& ca_pem) {
  if (ca_pem.empty()) return SSL_CTX_set_default_verify_paths(context) == 1;
  const std::unique_ptr<BIO, int (*)(BIO*)> bytes(BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size())),
                                                  &BIO_free);
  int count = 0;
  while (X509* certificate = bytes ? PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr) : nullptr) {
    count += X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
    X509_free(certificate);
  }
  ERR_clear_error();  // the end of the text is told as an error
  return count > 0;
}

bool is_number(const std::string& host) {
  return host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

LineSocket::~LineSocket() {
  if (tls_) (void)SSL_shutdown(tls_.get());
}

Result<std::unique_ptr<LineSocket>> LineSocket::connect(const Address& address, const std::string& ca_pem,
                                                        Clock::time_point deadline) {
  PLIMSOLL_TRY(addresses, resolve(address));
  Error last{ErrorKind::unreachable, "it has no address"};
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
    system::Descriptor socket(
        ::socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, each->ai_protocol));
    if (!socket.valid()) {
      last = system::errno_error(errno, "make", "a socket");
      continue;
    }
    std::unique_ptr<LineSocket> out(new LineSocket(std::move(socket), address.scheme == "udp"));
    int code = ::connect(out->socket_.get(), each->ai_addr, each->ai_addrlen) == 0 ? 0 : errno;
    if (code == EINPROGRESS) {
      const Status waited = out->wait(POLLOUT, deadline);
      socklen_t size = sizeof code;
      code = 0;
      if (!waited.ok()) last = waited.error();
      if (!waited.ok() || ::getsockopt(out->socket_.get(), SOL_SOCKET, SO_ERROR, &code, &size) != 0) continue;
    }
    if (code != 0) {
      last = {ErrorKind::unreachable, std::string("cannot connect: ") + std::strerror(code)};
      continue;
    }
    if (address.scheme == "tls") PLIMSOLL_CHECK(out->begin_tls(address.host, ca_pem, deadline));
    return out;
  }
  return last;
}

Status LineSocket::begin_tls(const std::string& host, const std::string& ca_pem, Clock::time_point deadline) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (!context_ || SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION) != 1 || !trust(context_.get(), ca_pem))
    return Error{ErrorKind::malformed, "the authorities (ca_file) cannot be read"};
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  tls_.reset(SSL_new(context_.get()));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1) return Error{ErrorKind::limit, tls_reason()};
  const int named = is_number(host) ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), host.c_str())
                                    : SSL_set1_host(tls_.get(), host.c_str());
  if (named != 1) return Error{ErrorKind::malformed, "not a host that a certificate can name"};
  // What the macro SSL_set_tlsext_host_name() writes with casts of C.
  std::string name = host;
  if (!is_number(host))
    (void)SSL_ctrl(tls_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  for (;;) {
    const int code = SSL_connect(tls_.get());
    if (code == 1) return Done{};
    if (Status waited = wait_for_tls(code, deadline); !waited.ok()) {
      const long verified = SSL_get_verify_result(tls_.get());
      Error error = std::move(waited).error();
      if (verified != X509_V_OK)
        error = {ErrorKind::denied,
                 std::string("its certificate is not trusted: ") + X509_verify_cert_error_string(verified)};
      tls_.reset();  // there is nothing to shut down
      return error;
    }
  }
}

Status LineSocket::wait(short events, Clock::time_point deadline) {
  for (;;) {
    pollfd one{socket_.get(), events, 0};
    const int ready = ::poll(&one, 1, milliseconds_until(deadline));
    if (ready > 0) return Done{};
    if (ready == 0) return late();
    if (errno != EINTR) return system::errno_error(errno, "wait for", "a socket");
  }
}

Status LineSocket::wait_for_tls(int code, Clock::time_point deadline) {
  switch (SSL_get_error(tls_.get(), code)) {
    case SSL_ERROR_WANT_READ:
      return wait(POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE:
      return wait(POLLOUT, deadline);
    case SSL_ERROR_ZERO_RETURN:
      return closed();
    default:
      return Error{ErrorKind::unreachable, printable(tls_reason(), 200)};
  }
}

Status LineSocket::send(std::string_view bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    if (tls_) {
      ERR_clear_error();
      size_t sent = 0;
      const int code = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &sent);
      if (code == 1)
        bytes.remove_prefix(sent);
      else
        PLIMSOLL_CHECK(wait_for_tls(code, deadline));
      continue;
    }
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
      if (datagrams_) return Done{};
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      PLIMSOLL_CHECK(wait(POLLOUT, deadline));
    } else if (errno != EINTR) {
      return Error{ErrorKind::unreachable, std::string("cannot send: ") + std::strerror(errno)};
    }
  }
  return Done{};
}

Status LineSocket::alive() {
  if (datagrams_) return Done{};
  char byte = 0;
  if (tls_) {
    // Reads what TLS itself has to say, session tickets for one.
    ERR_clear_error();
    size_t got = 0;
    const int code = SSL_read_ex(tls_.get(), &byte, 1, &got);
    if (code == 1 || SSL_get_error(tls_.get(), code) == SSL_ERROR_WANT_READ) return Done{};
    return closed();
  }
  const ssize_t got = ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT);
  if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))) return Done{};
  return closed();
}

Status LineSocket::settle(Clock::time_point deadline) {
  constexpr std::chrono::milliseconds look_every{2};
  if (datagrams_) {
    // A port where nobody listens on this machine is told at once, by ICMP.
    int code = 0;
    socklen_t size = sizeof code;
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &code, &size) == 0 && code != 0)
      return Error{ErrorKind::unreachable, std::string("cannot send: ") + std::strerror(code)};
    return Done{};
  }
  for (;;) {
    int unsent = 0;
    PLIMSOLL_CHECK(alive());
    if (::ioctl(socket_.get(), SIOCOUTQ, &unsent) != 0) return system::errno_error(errno, "ask", "a socket");
    if (unsent == 0) return alive();
    if (Clock::now() >= deadline) return late();
    std::this_thread::sleep_for(look_every);
  }
}

}  // namespace plimsoll::notify
