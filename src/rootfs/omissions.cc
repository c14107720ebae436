#include "rootfs/omissions.h"

#include <fmt/format.h>

#include "base/text.h"

namespace plimsoll::rootfs {

void Omissions::add(std::string_view kind, std::string_view name, std::string_view reason, std::string_view remedy) {
  const std::lock_guard lock(mutex_);
  std::pair key{std::string(kind), printable(reason, 512)};
  if (groups_.size() >= groups_kept && !groups_.contains(key)) key.second = "several reasons";
  Group& group = groups_[key];
  group.remedy = remedy;
  if (group.named.size() >= named_each) {
    ++group.others;
    return;
  }
  group.named.push_back({printable(name, 512), printable(reason, 512), std::string(remedy)});
}

IncompleteList Omissions::list() const {
  const std::lock_guard lock(mutex_);
  IncompleteList out;
  for (const auto& [key, group] : groups_) {
    out.insert(out.end(), group.named.begin(), group.named.end());
    if (group.others > 0) {
      out.push_back({fmt::format("{} more {}", group.others, key.first), key.second, group.remedy});
    }
  }
  return out;
}

}  // namespace plimsoll::rootfs
