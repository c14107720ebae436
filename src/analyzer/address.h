#pragma once
#include <string>

namespace plimsoll::analyzer {

// "::ffff:10.0.0.1" -> "10.0.0.1"; others unchanged.
std::string plain_address(const std::string& address);

}  // namespace plimsoll::analyzer
