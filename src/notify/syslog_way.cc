#include <unistd.h>

#include <array>

#include "notify/line_socket.h"
#include "notify/render.h"
#include "notify/ways.h"

namespace plimsoll::notify {
namespace {

// A datagram over IPv4 or IPv6 holds no more (RFC 5426 section 3.2); a longer line is cut between two characters.
constexpr size_t longest_datagram = 60'000;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string datagram(std::string line) {
  if (line.size() <= longest_datagram) return line;
  size_t end = longest_datagram;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  line.resize(end);
  return line;
}

// UDP (RFC 5426), TCP with counted octets (RFC 6587 section 3.4.1), TLS likewise (RFC 5425).
class SyslogWay : public Delivery {
 public:
  SyslogWay(Address address, std::string ca_pem, DeliveryBounds bounds)
      : address_(std::move(address)), ca_pem_(std::move(ca_pem)), bounds_(bounds), host_(host_name()) {}

  Outcome deliver(const Message& message) override {
    const Status sent = attempt(render_syslog(message, host_));
    if (sent.ok()) return {Outcome::Kind::delivered, "", {}};
    line_.reset();
    return {Outcome::Kind::later, sent.error().message, {}};
  }

 private:
  Status attempt(const std::vector<std::string>& lines) {
    const auto begin = LineSocket::Clock::now();
    // A connection that the other end has closed meanwhile takes bytes for a while that nobody reads.
    if (line_ && !line_->alive().ok()) line_.reset();
    if (!line_) {
      PLIMSOLL_TRY(line, LineSocket::connect(address_, ca_pem_, begin + bounds_.connect));
      line_ = std::move(line);
    }
    const auto deadline = begin + bounds_.whole;
    if (address_.scheme == "udp") {
      for (const std::string& line : lines) PLIMSOLL_CHECK(line_->send(datagram(line), deadline));
    } else {
      std::string bytes;
      for (const std::string& line : lines) bytes += std::to_string(line.size()) + " " + line;
      PLIMSOLL_CHECK(line_->send(bytes, deadline));
    }
    return line_->settle(std::min(deadline, LineSocket::Clock::now() + bounds_.stall));
  }

  Address address_;
  std::string ca_pem_;
  DeliveryBounds bounds_;
  std::string host_;
  std::unique_ptr<LineSocket> line_;
};

}  // namespace

std::unique_ptr<Delivery> make_syslog_way(const Receiver&, Credentials credentials, DeliveryBounds bounds) {
  return std::make_unique<SyslogWay>(std::move(credentials.address), std::move(credentials.ca_pem), bounds);
}

}  // namespace plimsoll::notify
