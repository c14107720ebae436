#include "system/sandbox/worker.h"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <new>

#include "base/text.h"
#include "system/sandbox/frames.h"

namespace plimsoll::system::sandbox {
namespace {

// Small enough for memory that is at hand on both sides: each new page costs a fault.
constexpr size_t piece_bytes = size_t{64} << 10;
static_assert(piece_bytes <= most_payload);

std::string read_request() {
  struct stat status{};
  if (::fstat(request_descriptor, &status) != 0) ::_exit(1);
  std::string out(static_cast<size_t>(status.st_size), '\0');
  for (size_t have = 0; have < out.size();) {
    const ssize_t got = ::pread(request_descriptor, out.data() + have, out.size() - have, static_cast<off_t>(have));
    if (got <= 0) ::_exit(1);
    have += static_cast<size_t>(got);
  }
  return out;
}

Result<std::string> run_guarded(WorkerBody body, WorkerSide& side) {
  try {
    return body(side);
  } catch (const std::bad_alloc&) {
    return Error{ErrorKind::limit, "it needs more memory than a worker may have"};
  } catch (const std::exception& bug) {
    return Error{ErrorKind::bug, "internal error: " + printable(bug.what(), 500)};
  }
}

bool send_answer(WorkerSide& side, std::string_view answer) {
  for (size_t at = 0; at < answer.size(); at += piece_bytes) {
    if (!side.send(frame(FrameType::piece, answer.substr(at, piece_bytes)))) return false;
  }
  return side.send(frame(FrameType::done, number_payload(answer.size())));
}

}  // namespace

void WorkerSide::progress(uint64_t done) { send(frame(FrameType::progress, number_payload(done))); }

bool WorkerSide::tell(std::string_view piece) { return send(frame(FrameType::piece, piece)); }

bool WorkerSide::send(std::string_view frames) {
  const std::lock_guard lock(mutex_);
  while (!frames.empty()) {
    const ssize_t got = ::write(answer_descriptor, frames.data(), frames.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    frames.remove_prefix(static_cast<size_t>(got));
  }
  return true;
}

void be_worker(WorkerBody body, const Confinement& confinement, size_t descriptors) {
  // It lives for one job: what it gives back it needs again at once, and every page given to the kernel costs a fault.
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 32 << 20);
  WorkerSide side(read_request(), descriptors);
  bool sent = side.send(frame(FrameType::layers, layers_payload(confine(confinement))));
  if (sent) {
    const Result<std::string> answer = run_guarded(body, side);
    sent =
        answer.ok() ? send_answer(side, *answer) : side.send(frame(FrameType::failed, error_payload(answer.error())));
  }
  ::_exit(sent ? 0 : 1);
}

}  // namespace plimsoll::system::sandbox
