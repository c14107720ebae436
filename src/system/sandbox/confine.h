#pragma once
#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "model/sandbox.h"
#include "system/sandbox/landlock.h"
#include "system/sandbox/seccomp_filter.h"

namespace plimsoll::system::sandbox {

// What one worker may use up. Plain numbers: they travel as bytes from the program to its broker.
struct Limits {
  uint64_t memory_bytes = uint64_t{2} << 30;    // address space
  uint64_t answer_bytes = uint64_t{256} << 20;  // of the whole answer
  uint64_t file_bytes = 0;                      // written to the output file
  uint32_t processor_seconds = 3600;
  uint32_t stall_seconds = 300;   // without a sign of progress
  uint32_t whole_seconds = 7200;  // for everything
  uint32_t descriptors = 1024;
  uint32_t threads = 32;
};

struct Confinement {
  bool reads_as_root = false;       // keeps CAP_DAC_READ_SEARCH, if the program has it
  std::vector<ReadableTree> trees;  // what stays readable by name
  Limits limits;
  pid_t parent = 0;          // the worker ends when it is gone
  bool own_network = false;  // already in a network namespace without interfaces
  const SeccompFilter* filter = nullptr;
};

// Gives away every right of the calling process that parsing does not need, and tells what came of each layer; one that
// this kernel or the program's own rights do not allow is told as not in force. Single-threaded callers only.
std::vector<SandboxLayer> confine(const Confinement& wanted);

}  // namespace plimsoll::system::sandbox
