#include "report/bill.h"

#include "base/sha256.h"

namespace plimsoll::report {

std::string uuid_of(const Report& report, std::string_view purpose) {
  std::string what(purpose);
  what += '\n' + format_rfc3339(report.generated_at) + '\n' + report.tool_version;
  for (const AssetReport& asset : report.assets) {
    what += '\n' + asset.asset.id.value + ' ' + format_rfc3339(asset.scanned_at) + ' ' +
            std::to_string(asset.packages.size()) + ' ' + std::to_string(asset.threats.size());
  }
  std::string digits = sha256_hex(what).substr(0, 32);
  digits[12] = '8';                                                 // version
  digits[16] = "89ab"[static_cast<unsigned char>(digits[16]) & 3];  // variant
  return digits.substr(0, 8) + '-' + digits.substr(8, 4) + '-' + digits.substr(12, 4) + '-' + digits.substr(16, 4) +
         '-' + digits.substr(20);
}

std::string release_of(const AssetReport& asset) {
  if (!asset.os) return {};
  return asset.os->version_id.empty() ? asset.os->id : asset.os->id + " " + asset.os->version_id;
}

}  // namespace plimsoll::report
