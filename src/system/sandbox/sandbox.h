#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/sandbox.h"
#include "system/descriptor.h"
#include "system/sandbox/worker.h"

namespace plimsoll::system::sandbox {

// Bytes for a worker that may not fetch them itself: fills `buffer`, returns how many, 0 at the end.
using ByteSource = std::function<Result<size_t>(char* buffer, size_t capacity)>;

// One piece of work for one worker, which ends with it.
struct Job {
  WorkerBody body = nullptr;
  void (*prepare)() = nullptr;  // run by the worker while it has its rights and has read nothing: loads what body needs
  std::string request;
  std::vector<int> descriptors;  // stay the caller's
  size_t trees = 0;              // the first so many of them are roots of trees the worker may read below
  std::string except;            // names directly below the first root that it may not ("proc sys")
  bool reads_as_root = false;    // also files that only root may read
  int output = -1;               // a file it may fill, up to limits.file_bytes
  ByteSource source;             // not empty: comes through a pipe, which is the job's last descriptor
  Limits limits;
  std::function<void(uint64_t)> progress;
  // For a worker that goes on telling: hears each WorkerSide::tell() at once, on the thread of run(). Foreign bytes.
  std::function<void(std::string_view)> told;
};

// What stands before how a worker was lost, in the error's message.
inline constexpr std::string_view lost_words = "the worker that read it was lost: ";

// How a worker ended.
struct Outcome {
  Result<std::string> answer;          // or why there is none; made of hostile bytes, printable where it is an error
  bool lost = false;                   // it did not get to an answer: it died, hung, or spoke nonsense
  std::optional<Error> source_failed;  // Job::source broke off, so that the worker saw only a part
};

// Workers for bytes of strangers. A broker process, forked early, forks each of them, so that a worker has neither
// threads nor data of the program in it. Thread-safe; one worker at a time.
class Sandbox {
 public:
  // Call while the program has one thread, from the thread that will live longest: the broker ends with it.
  static Result<std::unique_ptr<Sandbox>> start();
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  Outcome run(const Job& job);

  // No job comes any more: the broker ends meanwhile, and the destructor has less to wait for.
  void dismiss();

  // All workers so far; a layer counts as in force when it was in each of them.
  SandboxReport report() const;

 private:
  Sandbox(Descriptor socket, pid_t broker) : socket_(std::move(socket)), broker_(broker) {}
  std::optional<int> await_end();
  void note(const std::vector<SandboxLayer>& layers);

  Descriptor socket_;
  pid_t broker_;
  mutable std::mutex mutex_;
  SandboxReport report_;  // guarded by mutex_
  bool ending_ = false;   // guarded by mutex_: the last worker has answered; the broker will tell of its end
};

}  // namespace plimsoll::system::sandbox
