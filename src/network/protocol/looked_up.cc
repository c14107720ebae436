#include "network/protocol/looked_up.h"

#include "base/text.h"

namespace plimsoll::network {
namespace {

constexpr size_t most_entries = 16'384;
constexpr std::chrono::hours longest(1);

}  // namespace

void LookedUp::learn(const Address& asker, const DnsMessage& answer, Time at) {
  if (!answer.response || answer.questions.size() != 1) return;
  for (const DnsAnswer& one : answer.answers) {
    if (!one.address) continue;
    const Key key{asker, *one.address};
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      by_age_.splice(by_age_.end(), by_age_, found->second);
      found->second->name = answer.questions[0].name;
      found->second->at = at;
      continue;
    }
    if (by_key_.size() >= most_entries) {
      by_key_.erase(by_age_.front().key);
      by_age_.pop_front();
    }
    by_age_.push_back({key, answer.questions[0].name, at});
    by_key_.emplace(key, std::prev(by_age_.end()));
  }
}

std::string LookedUp::name_of(const Address& asker, const Address& address, Time at) const {
  const auto found = by_key_.find({asker, address});
  if (found == by_key_.end() || at - found->second->at > longest) return {};
  return printable(found->second->name, 255);
}

}  // namespace plimsoll::network
