#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/incomplete.h"

namespace plimsoll::system {

// What could not be read of one container or host, folded by reason: a user without root sees two lines, not forty.
class Gaps {
 public:
  void add(const std::string& fact, const Error& error);
  void add(const std::string& fact, const std::string& reason, const std::string& remedy = {});
  void merge(const Gaps& other);
  bool empty() const { return by_reason_.empty(); }

  // One entry a reason: "container web: namespaces, open descriptors".
  IncompleteList list(const std::string& subject) const;

 private:
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> by_reason_;  // (reason, remedy) -> facts
};

}  // namespace plimsoll::system
