#include "analyzer/address.h"

#include <string_view>

namespace plimsoll::analyzer {

std::string plain_address(const std::string& address) {
  constexpr std::string_view mapped = "::ffff:";
  if (address.rfind(mapped, 0) == 0 && address.find('.') != std::string::npos) return address.substr(mapped.size());
  return address;
}

}  // namespace plimsoll::analyzer
