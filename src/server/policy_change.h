#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "journal/journal.h"
#include "server/policy_in_force.h"
#include "server/world.h"

namespace plimsoll::server {

// Policy files that the probe read again: good ones come into force, broken ones are told and leave the old ones there.
class PolicyChange {
 public:
  struct Ground {
    journal::Journal& journal;
    World& world;
    PolicyInForce& in_force;
    MakeInForce make;
    std::function<void(const InForce&)> changed;  // after it came into force
    std::function<Instant()> now;
  };
  explicit PolicyChange(Ground ground) : ground_(std::move(ground)) {}

  // The payload of Say::policy. One thread at a time, as refuse().
  void take(std::string_view payload);
  // Journals why the files on disk are not in force: "FILE:LINE:COLUMN: what", a line each.
  void refuse(const std::string& fault);

 private:
  Ground ground_;
};

}  // namespace plimsoll::server
