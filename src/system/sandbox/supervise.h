#pragma once
#include "system/sandbox/frames.h"
#include "system/sandbox/sandbox.h"

namespace plimsoll::system::sandbox {

// The parent's ends of the pipes to one worker.
struct Line {
  Descriptor answer;  // to read from
  Descriptor feed;    // to write the job's source to; not valid: there is none
};

// Reads the worker's answer and feeds it, until the answer is whole or it has closed its end. An error: what it did, or
// failed to do in time; then it is to be ended.
Status supervise(Line& line, const Job& job, AnswerReader& reader, std::optional<Error>& source_failed);

// "SIGSYS: a system call that no parser needs (seccomp)".
std::string describe_end(int wait_status);

}  // namespace plimsoll::system::sandbox
