#include "server/policy_judge.h"

#include <malloc.h>

#include <chrono>

#include "server/exception_book.h"
#include "server/inside_networks.h"
#include "threatdb/starter.h"

namespace plimsoll::server {
namespace {

constexpr uint64_t most_assets = 2000;
constexpr std::chrono::seconds most_time{20};

}  // namespace

Result<analyzer::PolicyTrial> try_on_stored(const TrialGround& ground, const InForce& other, Instant now) {
  const auto end = std::chrono::steady_clock::now() + most_time;
  PLIMSOLL_TRY(summary, ground.journal.summary());
  const uint64_t assets = uint64_t{0} + summary.hosts + summary.containers + summary.images;
  if (assets == 0) return Error{ErrorKind::unreachable, "nothing is stored yet: the first scan is not done"};
  if (assets > most_assets)
    return Error{ErrorKind::limit,
                 std::to_string(assets) + " assets are too many to be judged here",
                 {},
                 "`plimsoll policy test FILE` does it on the machine itself"};
  PLIMSOLL_TRY(db, threatdb::open_or_starter_pack(ground.db_path));
  PLIMSOLL_TRY(exceptions, ExceptionBook(ground.journal).all());
  PLIMSOLL_TRY(networks, read_networks(ground.journal));
  const std::shared_ptr<const InForce> by = ground.by.now();
  policy::Policy before = by->policy, after = other.policy;
  if (networks) before.network = after.network = networks->networks;
  PLIMSOLL_TRY(facts, ground.journal.stored_facts());
  auto trial =
      analyzer::try_policy({facts, false}, &db, {before, by->rules, &exceptions}, {after, other.rules, &exceptions},
                           now, [&] { return std::chrono::steady_clock::now() < end; });
  facts = {};
  ::malloc_trim(0);  // it may have been much, and comes rarely
  return trial;
}

}  // namespace plimsoll::server
