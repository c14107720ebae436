#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::repository {

// One primary key with all that belongs to it, out of a keyring: so that a check takes in only the keys it is about,
// for taking one in costs hundreds of times what finding it does.
struct Certificate {
  std::string bytes;
  std::vector<std::string> fingerprints;  // of the key and its subkeys, 40 upper-case hexadecimal digits
  bool understood = true;                 // false: it may hold more keys than `fingerprints` names

  // `id`: a fingerprint or key id, as many upper-case hexadecimal digits. True as well when it is not known.
  bool may_hold(std::string_view id) const;
};

// Splits a binary keyring (RFC 9580, sections 4.2 and 10.1). What cannot be told apart stays together in one that is
// not understood. Nothing when it is empty.
std::vector<Certificate> split_keyring(std::string_view keyring);

}  // namespace plimsoll::repository
