#pragma once
#include <linux/filter.h>

#include <vector>

#include "base/result.h"

namespace plimsoll::system::sandbox {

// The descriptors of a worker, fixed so that the filter can name them.
constexpr int answer_descriptor = 3;   // the only one that may be written, but for
constexpr int output_descriptor = 4;   // a file that the parent opened for the worker to fill, else /dev/null
constexpr int request_descriptor = 5;  // what the parent asks, read only
constexpr int first_descriptor = 6;    // the descriptors that come with the request

// The list of system calls that reading, parsing, threads and memory need; any other ends the process with SIGSYS.
// Opening is for reading only, memory is never made executable, clone makes threads only, writing goes to the two
// descriptors above.
class SeccompFilter {
 public:
  // unsupported: the library cannot build it for this machine. The flags of openat2(2) cannot be looked at; without it
  // openat(2) is left, which rootfs/guarded_open.h falls back to.
  static Result<SeccompFilter> build(bool with_openat2);
  // For the calling thread and all it makes; for all threads of the process. Needs no_new_privs.
  Status enter() const;

 private:
  std::vector<sock_filter> program_;  // as the kernel takes it
};

}  // namespace plimsoll::system::sandbox
