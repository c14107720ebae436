#include "base/clock.h"
#include "base/text.h"
#include "notify/encode.h"
#include "notify/render.h"
#include "notify/transfer.h"
#include "notify/ways.h"

namespace plimsoll::notify {
namespace {

std::string url_of(const Address& address) {
  std::string out = address.scheme + "://";
  out += address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
  if (address.port != 0) out += ":" + std::to_string(address.port);
  return out + (address.rest.empty() ? "/" : address.rest);
}

// The place of the API below the address that people know.
Address alerts_of(Address address) {
  constexpr std::string_view path = "/api/v2/alerts";
  if (address.rest.size() >= path.size() && address.rest.substr(address.rest.size() - path.size()) == path)
    return address;
  while (!address.rest.empty() && address.rest.back() == '/') address.rest.pop_back();
  address.rest += path;
  return address;
}

// What an answer means. Statuses that tell of the message alone are its refusal; all others may be over tomorrow.
Outcome outcome_of(const Transfer::Answer& answer) {
  constexpr long longest_wait = 3600;
  if (answer.status >= 200 && answer.status < 300) return {Outcome::Kind::delivered, "", {}};
  Outcome out;
  out.why = "it answers " + std::to_string(answer.status);
  if (const std::string said = printable(trim(answer.body), 200); !said.empty()) out.why += ": " + said;
  if (answer.status >= 300 && answer.status < 400) out.why += " (redirects are not followed; write the final address)";
  for (const long refusal : {400L, 413L, 415L, 422L}) {
    if (answer.status == refusal) out.kind = Outcome::Kind::refused;
  }
  out.wait = std::chrono::seconds(std::clamp(answer.retry_after, 0L, longest_wait));
  return out;
}

class HttpWay : public Delivery {
 public:
  HttpWay(const Receiver& receiver, Credentials credentials, DeliveryBounds bounds)
      : kind_(receiver.kind),
        user_(receiver.user),
        credentials_(std::move(credentials)),
        transfer_(url_of(kind_ == ReceiverKind::alertmanager ? alerts_of(credentials_.address) : credentials_.address),
                  credentials_, bounds) {}

  Outcome deliver(const Message& message) override {
    Post post = render(message);
    post.headers.emplace_back("Content-Type", post.type);
    if (!credentials_.bearer.empty()) post.headers.emplace_back("Authorization", "Bearer " + credentials_.bearer);
    if (!credentials_.password.empty())
      post.headers.emplace_back("Authorization", "Basic " + base64(user_ + ":" + credentials_.password));
    constexpr size_t most_answer = 16u << 10;
    const Result<Transfer::Answer> answer = transfer_.http(post.headers, &post.body, most_answer);
    if (!answer.ok()) return {Outcome::Kind::later, answer.error().message, {}};
    return outcome_of(*answer);
  }

 private:
  Post render(const Message& message) const {
    switch (kind_) {
      case ReceiverKind::slack:
        return render_slack(message);
      case ReceiverKind::teams:
        return render_teams(message);
      case ReceiverKind::alertmanager:
        return render_alertmanager(message);
      default:
        return render_webhook(message, credentials_.secret, wall_clock());
    }
  }

  ReceiverKind kind_;
  std::string user_;
  Credentials credentials_;
  Transfer transfer_;
};

}  // namespace

std::unique_ptr<Delivery> make_http_way(const Receiver& receiver, Credentials credentials, DeliveryBounds bounds) {
  return std::make_unique<HttpWay>(receiver, std::move(credentials), bounds);
}

}  // namespace plimsoll::notify
