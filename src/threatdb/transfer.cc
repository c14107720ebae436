#include "threatdb/transfer.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "threatdb/mirror.h"
#include "threatdb/urls.h"

namespace plimsoll::threatdb {
namespace {

constexpr long connect_seconds = 20;
constexpr size_t max_header_bytes = size_t{64} << 10, max_validator = 512;
constexpr uint64_t max_dropped = uint64_t{1} << 20;  // of the body of an answer that is not wanted

using Headers = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

void add_header(Headers& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  (void)list.release();
  list.reset(longer);
}

// Only a strong validator says that two pieces belong to one file (RFC 9110 section 13.1.5).
std::string resume_validator(const Validators& version) {
  if (!version.etag.empty() && !version.etag.starts_with("W/")) return version.etag;
  return version.last_modified;
}

Headers request_headers(const Validators& known, const PartialFile& into) {
  Headers list(nullptr, &curl_slist_free_all);
  if (!known.etag.empty()) {
    add_header(list, "If-None-Match: " + known.etag);
  } else if (!known.last_modified.empty()) {
    add_header(list, "If-Modified-Since: " + known.last_modified);
  }
  if (into.bytes > 0) {
    add_header(list, "Range: bytes=" + std::to_string(into.bytes) + "-");
    add_header(list, "If-Range: " + resume_validator(into.version));
  }
  return list;
}

bool is_visible(std::string_view text) {
  return text.size() <= max_validator &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

struct Answer {
  CURL* handle = nullptr;
  Budget& budget;
  PartialFile& into;
  const std::string& url;
  const DownloadProgress& progress;
  Validators version;
  std::string content_range;
  size_t header_bytes = 0;
  uint64_t dropped = 0;
  bool body_begun = false;
  std::optional<Error> refused;  // our own reason to break off
  bool refused_for_good = false;

  bool refuse(ErrorKind kind, const std::string& why, bool for_good) {
    refused = Error{kind, why, shown_url(url)};
    refused_for_good = for_good;
    return false;
  }
  long status() const {
    long code = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    return code;
  }
  // A new version starts the file again; a continued one must continue where the file ends.
  bool begin_body() {
    body_begun = true;
    if (status() == 206) {
      const auto range = parse_content_range(content_range);
      const bool same = version.etag.empty() || version.etag == into.version.etag;
      if (range && range->first == into.bytes && same) return true;
      into.bytes = 0;
      return refuse(ErrorKind::malformed, "the server continues the file at another place than asked", false);
    }
    into.bytes = 0;
    into.version = version;
    if (::ftruncate(into.descriptor, 0) != 0) {
      return refuse(ErrorKind::unreachable, "cannot write the download: " + std::string(std::strerror(errno)), true);
    }
    if (into.begun) into.begun(into.version);
    return true;
  }
  bool write(std::string_view bytes) {
    if (into.bytes + bytes.size() > max_download_bytes || bytes.size() > budget.bytes_left) {
      return refuse(ErrorKind::limit, "is larger than an update may fetch (updates.max_megabytes)", true);
    }
    budget.bytes_left -= bytes.size();
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(into.descriptor, bytes.data(), bytes.size(), static_cast<off_t>(into.bytes));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        return refuse(ErrorKind::unreachable, "cannot write the download: " + std::string(std::strerror(errno)), true);
      }
      into.bytes += static_cast<uint64_t>(n);
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
};

size_t take_body(char* data, size_t unit, size_t count, void* with) {
  auto& answer = *static_cast<Answer*>(with);
  const size_t length = unit * count;
  const long status = answer.status();
  if (status != 200 && status != 206) {
    answer.dropped += length;
    return answer.dropped <= max_dropped ? length : 0;
  }
  if (!answer.body_begun && !answer.begin_body()) return 0;
  return answer.write({data, length}) ? length : 0;
}

size_t take_header(char* data, size_t unit, size_t count, void* with) {
  auto& answer = *static_cast<Answer*>(with);
  const size_t length = unit * count;
  answer.header_bytes += length;
  if (answer.header_bytes > max_header_bytes) return 0;
  const std::string_view line = trim({data, length});
  if (line.starts_with("HTTP/")) {  // another answer: the one before was "100 Continue" or the like
    answer.version = {};
    answer.content_range.clear();
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return length;
  const std::string name = lower(line.substr(0, colon));
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_visible(value)) return length;
  if (name == "etag") answer.version.etag = value;
  if (name == "last-modified") answer.version.last_modified = value;
  if (name == "content-range") answer.content_range = value;
  return length;
}

int take_progress(void* with, curl_off_t total, curl_off_t, curl_off_t, curl_off_t) {
  const auto& answer = *static_cast<Answer*>(with);
  const uint64_t before = answer.status() == 206 ? answer.into.bytes : 0;
  if (answer.progress && answer.body_begun) {
    answer.progress(answer.url, answer.into.bytes, std::max<uint64_t>(before, static_cast<uint64_t>(total)));
  }
  return 0;
}

// What a failed transfer means: its kind, and whether the same may go well another time.
struct Fault {
  CURLcode code;
  ErrorKind kind;
  bool passing;
};
constexpr Fault faults[] = {
    {CURLE_OPERATION_TIMEDOUT, ErrorKind::timeout, true},
    {CURLE_FILESIZE_EXCEEDED, ErrorKind::limit, false},
    {CURLE_PEER_FAILED_VERIFICATION, ErrorKind::denied, false},
    {CURLE_SSL_CACERT_BADFILE, ErrorKind::not_found, false},
    {CURLE_UNSUPPORTED_PROTOCOL, ErrorKind::unsupported, false},
    {CURLE_URL_MALFORMAT, ErrorKind::unsupported, false},
    {CURLE_WRITE_ERROR, ErrorKind::malformed, false},
    {CURLE_REMOTE_ACCESS_DENIED, ErrorKind::denied, false},
};
Fault fault_of(CURLcode code) {
  for (const Fault& fault : faults) {
    if (fault.code == code) return fault;
  }
  return {code, ErrorKind::unreachable, true};
}

}  // namespace

struct Transfer::State {
  CURL* handle = nullptr;
  Budget& budget;
  const DownloadProgress& progress;
  char message[CURL_ERROR_SIZE] = {};
  ~State() { curl_easy_cleanup(handle); }
};

Transfer::Transfer(const UpdatePolicy& policy, Budget& budget, const DownloadProgress& progress)
    : state_(new State{curl_easy_init(), budget, progress}) {
  CURL* const handle = state_->handle;
  if (handle == nullptr) return;
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(policy.stall_seconds));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(policy.slowest_bytes_a_second));
  curl_easy_setopt(handle, CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(policy.kilobytes_a_second) * 1000);
  curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(max_download_bytes));
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "plimsoll/" PLIMSOLL_VERSION);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &take_progress);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, state_->message);
  if (!policy.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, policy.ca_file.c_str());
}

Transfer::~Transfer() = default;

Exchange Transfer::run(const std::string& url, const Validators& known, PartialFile& into) {
  Exchange out;
  CURL* const handle = state_->handle;
  const Milliseconds left = state_->budget.time_left();
  if (handle == nullptr) {
    out.broken = Error{ErrorKind::bug, "the download library does not start"};
    return out;
  }
  if (left.count() <= 0) {
    out.broken = Error{ErrorKind::timeout, "the time for this update is over (updates.max_minutes)", shown_url(url)};
    return out;
  }
  if (resume_validator(into.version).empty()) into.bytes = 0;
  Answer answer{handle, state_->budget, into, url, state_->progress};
  const Headers headers = request_headers(known, into);
  state_->message[0] = '\0';
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &answer);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &answer);
  const CURLcode code = curl_easy_perform(handle);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, nullptr);

  out.status = answer.status();
  curl_off_t body = 0;
  curl_easy_getinfo(handle, CURLINFO_SIZE_DOWNLOAD_T, &body);
  state_->budget.received += static_cast<uint64_t>(body) + answer.header_bytes;
  char* redirect = nullptr;
  curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr && out.status >= 300 && out.status < 400) out.redirect = redirect;
  curl_off_t wish = 0;
  curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &wish);
  if (wish > 0) out.retry_after = Milliseconds(std::min<int64_t>(wish, 100000000) * 1000);
  if (code == CURLE_OK) {
    // An empty body is a body, too.
    if ((out.status == 200 || out.status == 206) && !answer.body_begun) (void)answer.begin_body();
    out.broken = answer.refused;
    out.passing = answer.refused && !answer.refused_for_good;
    return out;
  }
  const Fault fault = fault_of(code);
  out.passing = answer.refused ? !answer.refused_for_good : fault.passing;
  out.silent =
      code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY;
  const char* const why = state_->message[0] != '\0' ? state_->message : curl_easy_strerror(code);
  out.broken =
      answer.refused ? *answer.refused : Error{fault.kind, "cannot be fetched: " + printable(why, 500), shown_url(url)};
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    out.broken->advice = "for a private authority give --ca-file FILE";
  }
  return out;
}

}  // namespace plimsoll::threatdb
