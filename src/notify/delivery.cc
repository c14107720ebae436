#include "notify/delivery.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"
#include "notify/ways.h"
#include "system/descriptor.h"
#include "system/errno_error.h"

namespace plimsoll::notify {
namespace {

constexpr size_t longest_secret = size_t{64} << 10, most_authorities = size_t{4} << 20;

Result<std::string> read_secret(const std::string& path) {
  const system::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  struct stat status{};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return system::errno_error(errno, "open", path);
  if (!S_ISREG(status.st_mode)) return Error{ErrorKind::malformed, "a secret must stand in a file", path};
  if ((status.st_mode & 077) != 0) {
    return Error{ErrorKind::denied, "others than its owner may read or write this secret", printable(path),
                 "chmod 600 " + printable(path)};
  }
  PLIMSOLL_TRY(bytes, read_file(path, longest_secret));
  std::string text(trim(bytes));
  if (text.empty()) return Error{ErrorKind::malformed, "the file is empty", printable(path)};
  if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
    return Error{ErrorKind::malformed, "a secret is one line", printable(path)};
  return text;
}

Status read_into(const std::string& path, std::string& into) {
  if (path.empty()) return Done{};
  PLIMSOLL_TRY(secret, read_secret(path));
  into = std::move(secret);
  return Done{};
}

}  // namespace

Result<Credentials> load_credentials(const Receiver& receiver) {
  Credentials out;
  if (receiver.address) out.address = *receiver.address;
  if (!receiver.url_file.empty()) {
    PLIMSOLL_TRY(text, read_secret(receiver.url_file));
    const auto address = parse_address(text);
    if (!address || (address->scheme != "https" &&
                     !(address->scheme == "http" && (receiver.plaintext || is_loopback(address->host)))))
      return Error{ErrorKind::malformed, "holds no https address", receiver.url_file};
    out.address = *address;
  }
  PLIMSOLL_CHECK(read_into(receiver.secret_file, out.secret));
  PLIMSOLL_CHECK(read_into(receiver.bearer_file, out.bearer));
  PLIMSOLL_CHECK(read_into(receiver.password_file, out.password));
  if (!receiver.ca_file.empty()) {
    PLIMSOLL_TRY(pem, read_file(receiver.ca_file, most_authorities));
    out.ca_pem = std::move(pem);
  }
  return out;
}

std::unique_ptr<Delivery> make_delivery(const Receiver& receiver, Credentials credentials, DeliveryBounds bounds) {
  switch (receiver.kind) {
    case ReceiverKind::email:
      return make_mail_way(receiver, std::move(credentials), bounds);
    case ReceiverKind::syslog:
      return make_syslog_way(receiver, std::move(credentials), bounds);
    case ReceiverKind::directory:
      return make_directory_way(receiver);
    case ReceiverKind::webhook:
    case ReceiverKind::slack:
    case ReceiverKind::teams:
    case ReceiverKind::alertmanager:
      break;
  }
  return make_http_way(receiver, std::move(credentials), bounds);
}

std::chrono::milliseconds back_off(unsigned failures, double spread) {
  constexpr int64_t first = 1000, longest = 300'000;
  if (failures == 0) return std::chrono::milliseconds(0);
  const int64_t doubled = std::min<int64_t>(first << std::min(failures - 1, 20u), longest);
  return std::chrono::milliseconds(doubled - static_cast<int64_t>(static_cast<double>(doubled) * 0.2 * spread));
}

}  // namespace plimsoll::notify
