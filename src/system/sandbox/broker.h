#pragma once
#include <sys/types.h>

#include <array>
#include <cstdint>

#include "system/sandbox/worker.h"

namespace plimsoll::system::sandbox {

constexpr size_t most_descriptors = 240;  // SCM_RIGHTS takes 253 in one message
constexpr size_t most_trees = 4;

// What the program asks of a worker, as bytes over the socket that it shares with its broker. With it come, as
// descriptors: where the answer goes, the output file, the request, and the job's own.
struct Order {
  WorkerBody body = nullptr;    // the broker is a fork: the same function is at the same place
  void (*prepare)() = nullptr;  // likewise, before it gives its rights away; may be null
  Limits limits;
  bool reads_as_root = false;
  uint32_t descriptors = 0;       // the job's own
  uint32_t trees = 0;             // the first so many of them are roots of trees that stay readable
  std::array<char, 64> except{};  // of the first tree, as ReadableTree::except
};

// What the broker says: with `ended` false as soon as a worker waits for an order (with a descriptor of the process,
// where the kernel has them), and once when it is gone. `pid` < 0: none could be started, `status` is errno.
struct News {
  pid_t pid = 0;
  bool ended = false;
  int status = 0;  // as of waitpid(2)
};

// The broker's whole life: keeps one worker that waits for an order, and makes the next when that one has ended; ends
// with the socket. It holds the rights of the program and never touches a foreign byte. Single-threaded, so that a fork
// of it is a whole process.
[[noreturn]] void be_broker(int socket, pid_t program);

// One message with descriptors over a socket of type SOCK_SEQPACKET. False: the other end is gone (errno).
bool send_message(int socket, const void* bytes, size_t size, const int* descriptors, size_t count);
// Returns the bytes received, 0 at the end, -1 on error. Descriptors that came are put into `descriptors`
// (close-on-exec).
ssize_t receive_message(int socket, void* bytes, size_t size, int* descriptors, size_t room, size_t& count);

}  // namespace plimsoll::system::sandbox
