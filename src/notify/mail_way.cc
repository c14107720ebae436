#include <cstring>

#include "base/text.h"
#include "notify/render.h"
#include "notify/transfer.h"
#include "notify/ways.h"

namespace plimsoll::notify {
namespace {

// smtp://host:port; what we call ourselves stands where a path would (RFC 5321 section 4.1.1.1, EHLO).
std::string url_of(const Address& address, const std::string& from) {
  std::string out = address.scheme + "://";
  out += address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
  if (address.port != 0) out += ":" + std::to_string(address.port);
  return out + "/" + from.substr(from.rfind('@') + 1);
}

struct Upload {
  const std::string& bytes;
  size_t at = 0;

  static size_t read(char* into, size_t unit, size_t count, void* user) {
    Upload& self = *static_cast<Upload*>(user);
    const size_t length = std::min(unit * count, self.bytes.size() - self.at);
    std::memcpy(into, self.bytes.data() + self.at, length);
    self.at += length;
    return length;
  }
};

class MailWay : public Delivery {
 public:
  MailWay(const Receiver& receiver, const Credentials& credentials, DeliveryBounds bounds)
      : receiver_(receiver), transfer_(url_of(credentials.address, receiver.from), credentials, bounds) {
    CURL* const curl = transfer_.handle();
    if (curl == nullptr) return;
    // STARTTLS or nothing: an attacker on the way could take the offer of it out of the server's answer.
    const long tls = receiver.plaintext ? CURLUSESSL_NONE : CURLUSESSL_ALL;
    curl_easy_setopt(curl, CURLOPT_USE_SSL, tls);
    if (!receiver.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, receiver.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, credentials.password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Upload::read);
  }

  Outcome deliver(const Message& message) override {
    CURL* const curl = transfer_.handle();
    if (curl == nullptr) return {Outcome::Kind::later, "libcurl.so.4 is not installed", {}};
    const std::string mail = render_mail(message, receiver_.from, receiver_.to);
    Upload upload{mail};
    curl_slist* list = nullptr;
    for (const std::string& to : receiver_.to) {
      if (curl_slist* longer = curl_slist_append(list, ("<" + to + ">").c_str())) list = longer;
    }
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> owner(list, &curl_slist_free_all);
    const std::string from = "<" + receiver_.from + ">";
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, list);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.size()));
    const Status sent = transfer_.perform();
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
    if (sent.ok()) return {Outcome::Kind::delivered, "", {}};
    // 552 too large, 554 not wanted: of the mail itself (RFC 5321 section 4.2.3). Other refusals may be of our
    // settings.
    const bool refused = upload.at > 0 && (code == 552 || code == 554);
    std::string why = sent.error().message;
    if (code != 0) why += " (" + std::to_string(code) + ")";
    return {refused ? Outcome::Kind::refused : Outcome::Kind::later, std::move(why), {}};
  }

 private:
  Receiver receiver_;
  Transfer transfer_;
};

}  // namespace

std::unique_ptr<Delivery> make_mail_way(const Receiver& receiver, Credentials credentials, DeliveryBounds bounds) {
  return std::make_unique<MailWay>(receiver, credentials, bounds);
}

}  // namespace plimsoll::notify
