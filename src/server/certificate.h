#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "server/http.h"

namespace plimsoll::server {

// A certificate of its own (ECDSA P-256, ten years, signed by itself) for the names and addresses.
Result<Tls> make_certificate(const std::vector<std::string>& names);

// That of `directory` (server.crt, server.key), made there when there is none; files 0600. One that ends within a month
// is made anew.
Result<Tls> own_certificate(const std::string& directory, const std::vector<std::string>& names);

// SHA-256 over the certificate, as browsers show it: "AB:CD:..."; empty when it is none.
std::string fingerprint_of(const Tls& tls);

}  // namespace plimsoll::server
