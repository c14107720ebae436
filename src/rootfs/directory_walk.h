#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "rootfs/omissions.h"
#include "rootfs/tree.h"

namespace plimsoll::rootfs {

// One walk over a directory of this machine, shared by a few threads: each takes a directory, shows its entries to the
// visitor and puts its subdirectories back for whoever is free.
class DirectoryWalk {
 public:
  DirectoryWalk(int root, const std::set<std::string, std::less<>>& skip, const Bounds& bounds, Visitor& visitor);
  WalkReport run();

 private:
  // The way from a directory up to the root: a directory that is its own ancestor (a bind mount) is a circle.
  struct Place {
    std::shared_ptr<const Place> above;
    uint64_t device = 0;
    uint64_t inode = 0;
    size_t depth = 0;
  };
  struct Task {
    std::string path;
    std::shared_ptr<const Place> above;
  };
  struct Desk;  // what one thread works with

  void work();
  bool take(Task& task);
  void give(std::vector<Task>& found);
  void read_directory(const Task& task, Desk& desk);
  std::shared_ptr<const Place> enter(int directory, const Task& task);
  void show_entries(int directory, const Task& task, const std::shared_ptr<const Place>& place, Desk& desk);
  void show(int directory, const char* name, unsigned char type, const std::shared_ptr<const Place>& place, Desk& desk);
  bool learn_mode(int directory, const char* name, Entry& entry);
  void show_file(int directory, const char* name, Entry& entry);

  int root_;
  const std::set<std::string, std::less<>>& skip_;
  const Bounds& bounds_;
  Visitor& visitor_;
  Omissions omissions_;
  std::atomic<uint64_t> entries_ = 0;
  std::atomic<bool> full_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Task> tasks_;
  unsigned busy_ = 0;
  bool stopped_ = false;
};

}  // namespace plimsoll::rootfs
