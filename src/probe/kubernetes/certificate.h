#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace plimsoll::probe::kubernetes {

// What a rule needs to know of an X.509 certificate.
struct Certificate {
  std::string common_name;                 // of the subject: the user, to the API server
  std::vector<std::string> organizations;  // of the subject: the user's groups
  Instant not_after;
};

// The first certificate of a PEM text of at most 1 MiB. not_found: it holds none; malformed: it is broken.
Result<Certificate> read_certificate(std::string_view pem);

// Standard base64, blanks left out; malformed when it is none.
Result<std::string> decode_base64(std::string_view text);

}  // namespace plimsoll::probe::kubernetes
