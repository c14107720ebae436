#pragma once
#include <string>
#include <vector>

#include "base/result.h"

namespace plimsoll::cli {

// Runs one program by its argument list (no shell), output to `log_file`, and waits for it, `seconds` at most.
// Used by the demo alone, to build its images. Fails with the program's name and where its output is.
Status run_program(const std::vector<std::string>& arguments, const std::string& log_file, int seconds);

// A program whose standard output is read piece by piece.
class ProgramOutput {
 public:
  static Result<ProgramOutput> start(const std::vector<std::string>& arguments, const std::string& log_file);
  ProgramOutput(ProgramOutput&& other) noexcept;
  ProgramOutput& operator=(ProgramOutput&&) = delete;
  ~ProgramOutput();
  int descriptor() const { return fd_; }
  Status finish();  // waits; fails when it did not end well

 private:
  ProgramOutput(int fd, int pid, std::string what) : fd_(fd), pid_(pid), what_(std::move(what)) {}
  int fd_;
  int pid_;
  std::string what_;
};

}  // namespace plimsoll::cli
