#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "model/package.h"

namespace plimsoll {

enum class ThreatKind { vulnerability, benchmark, network, behaviour, malware, secret, patch };
enum class SeverityLevel { unknown, low, medium, high, critical };

// One opinion of how bad it is.
struct Severity {
  SeverityLevel level = SeverityLevel::unknown;
  std::optional<double> score;  // 0-10
  std::string vector;           // "CVSS:3.1/AV:N/..."; empty when only a word or number was given
  std::string source;           // whose: "NVD", "GHSA-...", "Debian"
  bool operator==(const Severity&) const = default;
};

// How an attacker gets at it, from the vector (AV); decides `reach`.
enum class AttackVector { unknown, network, adjacent, local, physical };

struct Threat {
  ThreatId id;                       // CVE when one is known, else the source's own id
  std::vector<std::string> aliases;  // every other id it goes by, with each source record's own
  ThreatKind kind = ThreatKind::vulnerability;
  std::string title;
  Severity severity;               // the opinion used
  std::vector<Severity> opinions;  // all others
  AttackVector attack_vector = AttackVector::unknown;
  std::optional<Package> package;
  std::string fixed_version;     // of the package (source version for OS packages); empty: no fix known
  bool known_exploited = false;  // CISA KEV
  std::optional<double> epss;    // probability 0-1
  std::optional<Instant> epss_date;
  std::string evidence;
  std::string remedy;
  std::vector<std::string> references;
  std::optional<Instant> first_seen;
  bool operator==(const Threat&) const = default;
};

}  // namespace plimsoll
