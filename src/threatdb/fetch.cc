#include "threatdb/fetch.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace plimsoll::threatdb {
namespace {

constexpr long connect_seconds = 20;
constexpr long stall_seconds = 30, stall_bytes_a_second = 100;  // slower for longer is broken
constexpr long whole_seconds = 3600;
constexpr long max_redirects = 5;

// An unnamed file: gone with its last descriptor, whatever happens to us.
int open_scratch(const std::string& folder) {
  const int unnamed = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (unnamed >= 0) return unnamed;
  std::string name = folder + "/.plimsoll-download-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

struct Sink {
  int descriptor = -1;
  uint64_t bytes = 0;
  bool too_large = false;
};

size_t take(char* data, size_t unit, size_t count, void* into) {
  auto& sink = *static_cast<Sink*>(into);
  const size_t length = unit * count;
  if (sink.bytes + length > max_download_bytes) {
    sink.too_large = true;
    return 0;
  }
  for (size_t done = 0; done < length;) {
    const ssize_t n = ::write(sink.descriptor, data + done, length - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return 0;
    done += static_cast<size_t>(n);
  }
  sink.bytes += length;
  return length;
}

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorKind::timeout;
    case CURLE_REMOTE_ACCESS_DENIED:
      return ErrorKind::denied;
    case CURLE_FILESIZE_EXCEEDED:
      return ErrorKind::limit;
    case CURLE_UNSUPPORTED_PROTOCOL:
      return ErrorKind::unsupported;
    default:
      return ErrorKind::unreachable;
  }
}

}  // namespace

std::string percent_encoded_path(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

struct Fetcher::State {
  std::string scratch;
  CURL* handle = nullptr;
  char message[CURL_ERROR_SIZE] = {};
  ~State() { curl_easy_cleanup(handle); }
};

Fetcher::Fetcher(std::string scratch) : state_(std::make_unique<State>()) {
  state_->scratch = std::move(scratch);
  state_->handle = curl_easy_init();
  CURL* const handle = state_->handle;
  if (handle == nullptr) return;
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, max_redirects);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, stall_seconds);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, stall_bytes_a_second);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, whole_seconds);
  curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(max_download_bytes));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_FAILONERROR, 0L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "plimsoll/" PLIMSOLL_VERSION);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, state_->message);
}

Fetcher::~Fetcher() = default;

Result<std::optional<Bytes>> Fetcher::fetch(const std::string& url) {
  CURL* const handle = state_->handle;
  if (handle == nullptr) return Error{ErrorKind::bug, "the download library does not start"};
  Sink sink;
  sink.descriptor = open_scratch(state_->scratch);
  if (sink.descriptor < 0) {
    return Error{ErrorKind::denied, "cannot make a file for the download: " + std::string(std::strerror(errno)),
                 printable(state_->scratch)};
  }
  state_->message[0] = '\0';
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &sink);
  const CURLcode code = curl_easy_perform(handle);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK && (status == 0 || status == 200)) {
    PLIMSOLL_TRY(bytes, Bytes::map_descriptor(sink.descriptor, url));
    return std::optional<Bytes>(std::move(bytes));
  }
  ::close(sink.descriptor);
  if (code == CURLE_FILE_COULDNT_READ_FILE || (code == CURLE_OK && (status == 404 || status == 410)))
    return std::optional<Bytes>();
  if (sink.too_large)
    return Error{ErrorKind::limit, "is larger than " + std::to_string(max_download_bytes) + " bytes", printable(url)};
  if (code != CURLE_OK) {
    const char* const why = state_->message[0] != '\0' ? state_->message : curl_easy_strerror(code);
    return Error{kind_of(code), "cannot be fetched: " + printable(why, 500), printable(url)};
  }
  return Error{status == 401 || status == 403 ? ErrorKind::denied : ErrorKind::unreachable,
               "cannot be fetched: the server answers " + std::to_string(status), printable(url)};
}

}  // namespace plimsoll::threatdb
