#pragma once
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "system/sandbox/confine.h"

namespace plimsoll::system::sandbox {

// What the body of a worker has of the world, once every right is given away.
class WorkerSide {
 public:
  WorkerSide(std::string request, size_t descriptors) : request_(std::move(request)), descriptors_(descriptors) {}

  std::string_view request() const { return request_; }
  size_t descriptors() const { return descriptors_; }
  // The descriptor that came as number `index` with the request; it stays open.
  int descriptor(size_t index) const { return first_descriptor + static_cast<int>(index); }
  // Tells the parent how far it is, and that it is not stuck; from any thread.
  void progress(uint64_t done);
  // Hands `piece`, of at most 1 MiB, to Job::told. False: nobody listens any more.
  bool tell(std::string_view piece);

  // Writes the frames of an answer. For the broker.
  bool send(std::string_view frames);

 private:
  std::string request_;
  size_t descriptors_;
  std::mutex mutex_;  // one frame at a time
};

// What a worker does with a request: its answer, or why there is none. A plain function, so that nothing of the program
// but the request goes with it.
using WorkerBody = Result<std::string> (*)(WorkerSide& side);

// Gives away all rights, tells the layers, runs the body, writes its answer and ends the process. The descriptors stand
// as seccomp_filter.h numbers them.
[[noreturn]] void be_worker(WorkerBody body, const Confinement& confinement, size_t descriptors);

}  // namespace plimsoll::system::sandbox
