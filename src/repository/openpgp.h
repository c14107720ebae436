#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plimsoll::repository {

// One file of public keys, binary or armored, as found; or several fingerprints ("ABCD...!" among them) that limit
// which keys count.
struct Keyring {
  std::vector<std::string> keys;          // contents of key files
  std::vector<std::string> fingerprints;  // empty: every key counts
};

// What apt asks of gpgv: one signature by a key of `keyring` holds; none that was looked at before it is bad. The text
// that was signed, for a cleartext signature. denied says which check failed.
Result<std::string> verify_clearsigned(std::string_view message, const Keyring& keyring);
Status verify_detached(std::string_view text, std::string_view signature, const Keyring& keyring);

// Loads the library behind both, which takes some milliseconds and files that a worker may not open: where a worker
// shall verify, before it gives away its rights. Without it the first call does.
void load_openpgp();

}  // namespace plimsoll::repository
