#pragma once
#include <set>
#include <string>
#include <unordered_map>

#include "journal/world.h"

namespace plimsoll::journal {

// Which threats an asset has, as groups; the value: a fix is known for one of its rows.
using GroupsOfAsset = std::unordered_map<int64_t, bool>;

// Keeps the table of threats across assets in step while a transaction changes who has what. Each group is read once,
// and written once, by flush().
class ThreatGroups {
 public:
  // `replace`: what this transaction says of a threat takes the place of what was known; else the worse stands, as of
  // those that earlier parts of the same judgement said (`in_parts`).
  ThreatGroups(Transaction& transaction, bool replace, const std::set<std::string>* in_parts = nullptr)
      : transaction_(transaction), replace_(replace), in_parts_(in_parts) {}

  // The number of the threat's group, made when there is none.
  Result<int64_t> number_of(const PreparedThreat& threat);
  // The asset had `before` and has `after`; empty where it is (or was) not there.
  void moved(const GroupsOfAsset& before, const GroupsOfAsset& after);
  Status flush();

  // The groups of an asset's open threats.
  Result<GroupsOfAsset> of_asset(int64_t asset);

 private:
  struct Group {
    int64_t no = 0;
    const Threat* worst = nullptr;  // of those met in this transaction
    int64_t rank = 0;
    int64_t stored_rank = -1;
    std::string stored_title;
  };
  struct Move {
    int assets = 0, fixable = 0;
  };
  Transaction& transaction_;
  const bool replace_;
  const std::set<std::string>* in_parts_;  // may be null
  std::unordered_map<std::string, Group> groups_;
  std::unordered_map<int64_t, Move> moves_;

  Result<Group> find_or_make(const PreparedThreat& threat);
};

}  // namespace plimsoll::journal
