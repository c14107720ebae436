#include "respond/cut.h"

#include <sched.h>

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "respond/nft.h"
#include "respond/test_packets.h"
#include "system/errno_error.h"

namespace plimsoll::respond {
namespace {

const std::string list_table = "list table inet plimsoll";

// Empty when there is no table.
Result<std::string> listing_here(bool counters) {
  PLIMSOLL_TRY(tables, run_nft("list tables"));
  if (tables.find("table inet plimsoll\n") == std::string::npos) return std::string();
  return run_nft(list_table, counters);
}

CutPackets cut_so_far() {
  const Result<std::string> listing = listing_here(true);
  return listing.ok() ? read_cut_packets(*listing).value_or(CutPackets{}) : CutPackets{};
}

// Inside the namespace.
void test_outgoing(const std::vector<Cut>& cuts, const WanPolicy& wan, CutLook& look) {
  int cut = 0, sent = 0;
  for (const TestTarget& target : targets_of(cuts, wan, own_addresses())) {
    const CutPackets before = cut_so_far();
    const Sent result = send_test(target);
    if (result == Sent::no_route) continue;
    const bool was_cut = result == Sent::refused || cut_so_far().out > before.out;
    ++(was_cut ? cut : sent);
  }
  if (sent > 0) {
    look.leak = true;
    look.seen = std::to_string(sent) + " of " + std::to_string(sent + cut) + " test packets were not cut";
  } else if (cut > 0) {
    look.seen = std::to_string(cut) + " test packet" + (cut == 1 ? "" : "s") + " cut on the way out";
  } else {
    look.seen = "no route on which a test packet could be sent";
  }
}

}  // namespace

Status put_cuts(const network::NameSpace& where, const std::vector<Cut>& cuts, const WanPolicy& wan) {
  const std::string commands = ruleset(cuts, wan);
  return network::inside(where, [&]() -> Status {
    PLIMSOLL_TRY(said, run_nft(commands));
    return Done{};
  });
}

Result<std::string> ExpectedListings::of(const std::vector<Cut>& cuts, const WanPolicy& wan) {
  constexpr size_t most = 1000;
  if (cuts.empty()) return std::string();
  const std::string commands = ruleset(cuts, wan);
  if (const auto found = known_.find(commands); found != known_.end()) return found->second;
  Result<std::string> out = std::string();
  std::thread([&] {
    if (::unshare(CLONE_NEWNET) != 0) {
      out = system::errno_error(errno, "make", "a network namespace");
      return;
    }
    out = run_nft(commands);
    if (out.ok()) out = listing_here(false);
  }).join();
  if (!out.ok()) return out;
  if (known_.size() >= most) known_.clear();
  return known_[commands] = normal_listing(*out);
}

Result<bool> cuts_are_there(const network::NameSpace& where, const std::vector<Cut>& cuts, const WanPolicy& wan,
                            ExpectedListings& expected) {
  PLIMSOLL_TRY(wanted, expected.of(cuts, wan));
  std::string found;
  PLIMSOLL_CHECK(network::inside(where, [&]() -> Status {
    PLIMSOLL_TRY(listing, listing_here(false));
    found = normal_listing(listing);
    return Done{};
  }));
  return found == wanted;
}

Result<CutLook> look_at_cuts(const network::NameSpace& where, const std::vector<Cut>& cuts, const WanPolicy& wan,
                             ExpectedListings& expected) {
  CutLook look;
  PLIMSOLL_TRY(there, cuts_are_there(where, cuts, wan, expected));
  look.as_written = there;
  std::vector<IpAddress> own;
  CutPackets before;
  PLIMSOLL_CHECK(network::inside(where, [&]() -> Status {
    test_outgoing(cuts, wan, look);
    own = own_addresses();
    before = cut_so_far();
    return Done{};
  }));
  const bool all = std::any_of(cuts.begin(), cuts.end(), [](const Cut& cut) {
    return cut.action.kind == ActionKind::quarantine && cut.action.allow.empty();
  });
  if (!all || own.empty()) return look;
  for (const IpAddress& address : own) (void)send_test({address, 9, Transport::udp});
  PLIMSOLL_CHECK(network::inside(where, [&]() -> Status {
    const uint64_t more = cut_so_far().in - before.in;
    if (more > 0) look.seen += ", " + std::to_string(more) + " on the way in";
    return Done{};
  }));
  return look;
}

}  // namespace plimsoll::respond
