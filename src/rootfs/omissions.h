#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "model/incomplete.h"

namespace plimsoll::rootfs {

// What a walk had to leave out. Any thread may add. A thousand unreadable directories are not a thousand lines: past
// the first few of one kind and reason the rest is counted in one line.
class Omissions {
 public:
  // `kind` is a noun in the plural ("directories"), `name` the raw name of the one left out.
  void add(std::string_view kind, std::string_view name, std::string_view reason, std::string_view remedy = {});
  IncompleteList list() const;

 private:
  static constexpr size_t named_each = 20;
  static constexpr size_t groups_kept = 200;
  struct Group {
    std::string remedy;
    IncompleteList named;
    uint64_t others = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Group> groups_;
};

}  // namespace plimsoll::rootfs
