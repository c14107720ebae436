#include "system/gaps.h"

#include <algorithm>

#include "base/text.h"

namespace plimsoll::system {

void Gaps::add(const std::string& fact, const Error& error) {
  // The path stays out, so that the same refusal of forty files is one entry; the unknown facts themselves name it.
  add(fact, error.message, error.kind == ErrorKind::denied ? "run as root" : error.advice);
}

void Gaps::add(const std::string& fact, const std::string& reason, const std::string& remedy) {
  auto& facts = by_reason_[{reason, remedy}];
  if (std::find(facts.begin(), facts.end(), fact) == facts.end()) facts.push_back(fact);
}

void Gaps::merge(const Gaps& other) {
  for (const auto& [key, facts] : other.by_reason_) {
    for (const auto& fact : facts) add(fact, key.first, key.second);
  }
}

IncompleteList Gaps::list(const std::string& subject) const {
  IncompleteList out;
  for (const auto& [key, facts] : by_reason_) {
    out.push_back({subject + ": " + printable(join(facts, ", "), 2000), printable(key.first), key.second});
  }
  return out;
}

}  // namespace plimsoll::system
