#include "cli/policy_watch.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "policy/policy_files.h"

namespace plimsoll::cli {

PolicyWatch::PolicyWatch(Ground ground)
    : ground_(std::move(ground)), in_force_(ground_.first), thread_([this] { live(); }) {}

PolicyWatch::~PolicyWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// What was changed between the reading at the start and the first look is seen, too: that look reads.
void PolicyWatch::live() {
  for (;;) {
    look();
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, ground_.look_every, [this] { return ending_; })) return;
  }
}

void PolicyWatch::look() {
  std::string now = mark();
  const bool settled = now == seen_;
  seen_ = std::move(now);
  if (!settled || seen_ == read_) return;
  read_ = seen_;
  read();
}

void PolicyWatch::read() {
  const Result<server::PolicyFiles> files = policy::read_policy_files(ground_.path);
  const Status well = files.ok() ? ground_.check(*files) : Status(files.error());
  if (!well.ok()) {
    broken_ = true;
    const Error& fault = well.error();
    return ground_.changed({}, fault.kind == ErrorKind::malformed ? fault.message : fault.to_string());
  }
  if (!broken_ && *files == in_force_) return;
  broken_ = false;
  in_force_ = *files;
  ground_.changed(in_force_, "");
}

// Of each file what tells that it is another; a file that is gone has none.
std::string PolicyWatch::mark() const {
  const Result<std::vector<std::string>> names = policy::policy_file_names(ground_.path);
  if (!names.ok()) return names.error().to_string();
  std::string out;
  for (const std::string& name : *names) {
    struct stat status{};
    if (::stat(name.c_str(), &status) != 0) status = {};
    out += fmt::format("{}\n{} {} {} {} {}\n", name, status.st_dev, status.st_ino, status.st_size,
                       status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  }
  return out + "end";
}

}  // namespace plimsoll::cli
