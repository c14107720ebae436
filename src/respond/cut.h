#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/ip_address.h"
#include "network/tables/name_space.h"
#include "respond/ruleset.h"

namespace plimsoll::respond {

// How the kernel and this version of the library show rules: each set of them is loaded once, into a namespace that
// nobody is in, and its listing kept.
class ExpectedListings {
 public:
  Result<std::string> of(const std::vector<Cut>& cuts, const WanPolicy& wan);

 private:
  std::map<std::string, std::string> known_;  // by the commands
};

// Puts exactly `cuts` in force in that network namespace; without any, takes our table away. One transaction.
Status put_cuts(const network::NameSpace& where, const std::vector<Cut>& cuts, const WanPolicy& wan);

// What a look at a namespace showed.
struct CutLook {
  bool as_written = false;  // our table holds what was written, no more and no less
  std::string seen;         // for a person: what the test packets met
  bool leak = false;        // a test packet that should have been cut was sent
};

// Whether `cuts` are in force there: the table is read back and compared with what the kernel makes of the same rules
// in an empty namespace; then a datagram of one byte is sent from inside to somebody it must not reach, and one from
// outside to the container, as far as there are routes. Both go to port 9 (discard) or to the port that is blocked.
Result<CutLook> look_at_cuts(const network::NameSpace& where, const std::vector<Cut>& cuts, const WanPolicy& wan,
                             ExpectedListings& expected);
// The first half alone: cheap, sends nothing.
Result<bool> cuts_are_there(const network::NameSpace& where, const std::vector<Cut>& cuts, const WanPolicy& wan,
                            ExpectedListings& expected);

}  // namespace plimsoll::respond
