#include "threatdb/download.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>
#include <set>
#include <thread>

#include "base/text.h"
#include "threatdb/mirror.h"
#include "threatdb/transfer.h"
#include "threatdb/urls.h"

namespace plimsoll::threatdb {
namespace {

constexpr int max_redirects = 5;
constexpr uint64_t progress_bytes = 65536;  // an attempt that brought this much was not in vain

// A file of this machine: its size, time and number stand for a version.
Result<Fetched> copy_local(const std::string& path, const Validators& known, PartialFile& into) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0 && (errno == ENOENT || errno == ENOTDIR)) return Fetched::absent;
  Validators version;
  version.etag = "\"local-" + std::to_string(facts.st_ino) + "-" + std::to_string(facts.st_size) + "-" +
                 std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec) + "\"";
  if (version == known) return Fetched::unchanged;
  PLIMSOLL_TRY(bytes, Bytes::map_file(path));
  into.bytes = 0;
  into.version = version;
  if (into.begun) into.begun(version);
  std::string_view rest = bytes.view();
  while (!rest.empty()) {
    const ssize_t n = ::pwrite(into.descriptor, rest.data(), rest.size(), static_cast<off_t>(into.bytes));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      return Error{ErrorKind::unreachable, "cannot be copied: " + std::string(std::strerror(errno)), printable(path)};
    into.bytes += static_cast<uint64_t>(n);
    rest.remove_prefix(static_cast<size_t>(n));
  }
  if (::ftruncate(into.descriptor, static_cast<off_t>(into.bytes)) != 0) {
    return Error{ErrorKind::unreachable, "cannot be copied: " + std::string(std::strerror(errno)), printable(path)};
  }
  return Fetched::whole;
}

}  // namespace

struct Downloader::State {
  UpdatePolicy policy;
  DownloadProgress progress;
  Budget budget;
  Transfer transfer;
  std::set<std::string> silent_hosts;  // could not be reached in all attempts: asked once only from then on
  std::mt19937_64 luck{std::random_device{}()};

  State(const UpdatePolicy& p, DownloadProgress heard)
      : policy(p),
        progress(std::move(heard)),
        budget{std::chrono::steady_clock::now() + std::chrono::minutes(p.max_minutes),
               static_cast<uint64_t>(p.max_megabytes) * 1000000},
        transfer(policy, budget, progress) {}

  Milliseconds wait_of(int attempt, const std::optional<Milliseconds>& wish) {
    const auto first = Milliseconds(static_cast<int64_t>(policy.first_wait_seconds * 1000));
    return wait_before(attempt, first, std::uniform_real_distribution<>()(luck), wish);
  }
  bool sleep(Milliseconds wait) {
    if (wait > budget.time_left()) return false;
    std::this_thread::sleep_for(wait);
    return true;
  }
  Result<Exchange> follow(const std::string& url, const Validators& known, PartialFile& into);
};

// One attempt, redirects included.
Result<Exchange> Downloader::State::follow(const std::string& url, const Validators& known, PartialFile& into) {
  std::string at = url;
  for (int hops = 0; hops <= max_redirects; ++hops) {
    Exchange exchange = transfer.run(at, known, into);
    const bool moved = exchange.status >= 300 && exchange.status < 400 && exchange.status != 304;
    if (exchange.broken || !moved) return exchange;
    if (exchange.redirect.empty()) break;
    PLIMSOLL_CHECK(check_redirect(at, exchange.redirect, policy.redirect_hosts));
    at = exchange.redirect;
  }
  return Error{ErrorKind::unreachable, "the server redirects without end or aim", shown_url(url)};
}

Downloader::Downloader(const UpdatePolicy& policy, DownloadProgress progress)
    : state_(std::make_unique<State>(policy, std::move(progress))) {}

Downloader::~Downloader() = default;

uint64_t Downloader::received() const { return state_->budget.received; }

bool Downloader::pause(double seconds) { return state_->sleep(Milliseconds(static_cast<int64_t>(seconds * 1000))); }

Result<Fetched> Downloader::get(const std::string& url, const Validators& known, PartialFile& into) {
  if (const auto path = local_path_of(url)) return copy_local(*path, known, into);
  const auto place = place_of(url);
  if (!place || (place->scheme != "http" && place->scheme != "https")) {
    return Error{ErrorKind::unsupported, "the scheme is not one of http, https and file", shown_url(url)};
  }
  const std::string peer = place->host + ":" + place->port;
  const int attempts = state_->silent_hosts.contains(peer) ? 1 : state_->policy.attempts;
  for (int attempt = 1;; ++attempt) {
    const uint64_t before = into.bytes;
    PLIMSOLL_TRY(exchange, state_->follow(url, known, into));
    if (!exchange.broken && (exchange.status == 200 || exchange.status == 206)) return Fetched::whole;
    if (!exchange.broken && exchange.status == 304 && !known.empty()) return Fetched::unchanged;
    if (!exchange.broken && (exchange.status == 404 || exchange.status == 410)) return Fetched::absent;
    const bool lost_place = !exchange.broken && exchange.status == 416 && before > 0;
    if (lost_place) into.bytes = 0;  // what is there is more than the server has: begin again
    const long status = exchange.status;
    Error error =
        exchange.broken
            ? std::move(*exchange.broken)
            : Error{status == 401 || status == 403 || status == 407 ? ErrorKind::denied : ErrorKind::unreachable,
                    "cannot be fetched: the server answers " + std::to_string(status), shown_url(url)};
    const bool passing = lost_place || exchange.passing || (status != 200 && status != 206 && is_passing(status));
    if (!passing) return error;
    if (into.bytes > before + progress_bytes) attempt = 1;
    if (attempt >= attempts) {
      if (exchange.silent) state_->silent_hosts.insert(peer);
      if (attempts > 1) error.message += " (tried " + std::to_string(attempt) + " times)";
      return error;
    }
    if (!state_->sleep(state_->wait_of(attempt, exchange.retry_after))) {
      error.message += "; waiting for it would take longer than an update may (updates.max_minutes)";
      return error;
    }
  }
}

int open_scratch(const std::string& folder) {
  const int unnamed = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (unnamed >= 0) return unnamed;
  std::string name = folder + "/.plimsoll-download-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace plimsoll::threatdb
