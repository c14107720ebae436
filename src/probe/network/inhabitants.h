#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "model/incomplete.h"
#include "network/tables/name_space.h"
#include "probe/network/owners.h"

namespace plimsoll::probe {

// The containers that are watched now, and those that have gone a moment ago: what the kernel tells of them may still
// be on its way. Holds each one's network namespace, so that its number names no other meanwhile.
class Inhabitants {
 public:
  struct Hooks {
    std::function<Status(const network::NameSpace&)> comes;  // a namespace, perhaps not for the first time
    std::function<void(uint64_t)> goes;
  };
  Inhabitants(const system::Machine& machine, Owners& owners, Hooks hooks)
      : machine_(machine), owners_(owners), hooks_(std::move(hooks)) {}

  // Takes in those that came, lets go those that went. Returns the namespaces that are new.
  std::vector<uint64_t> update(const std::vector<Watched>& containers, IncompleteList& gaps);
  // Forgets those that have been gone for long enough.
  void bury(std::chrono::steady_clock::time_point now);

 private:
  using Hold = std::shared_ptr<const network::NameSpace>;
  struct Living {
    Watched container;
    Hold name_space;
  };
  struct Gone {
    AssetId asset;
    Hold name_space;
    std::chrono::steady_clock::time_point until;
  };
  Status take_in(const Watched& container, std::vector<uint64_t>& fresh);
  void let_go(const AssetId& asset, Hold hold);

  const system::Machine& machine_;
  Owners& owners_;
  Hooks hooks_;
  std::map<AssetId, Living> living_;
  std::vector<Gone> gone_;
};

}  // namespace plimsoll::probe
