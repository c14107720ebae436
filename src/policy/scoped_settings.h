#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/asset.h"
#include "model/report.h"
#include "model/response.h"
#include "model/scoring.h"
#include "policy/faults.h"
#include "policy/origin.h"
#include "policy/scoring_settings.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

struct Policy;

// The key of a policy document below which stand settings of some assets only.
inline constexpr std::string_view scoped_key = "scoped";

// One entry: these settings hold for these assets.
struct ScopedSettings {
  AssetSelection on;
  std::string file;
  int line = 0;
  ScoringPolicy values;               // those of all assets, with these laid over
  std::vector<const Setting*> given;  // which of them it gives, those of the same group too
  std::vector<Origin> origins;
};

// Adds the entries below `scoped` of one document, if any, to `policy`, whose other settings are those of all files.
void read_scoped(const YamlNode& document, const std::string& file, Policy& policy, Faults& faults);

// Those that fit an asset, the most specific last: the one whose scope gives more keys; of those with as many the one
// with more keys without `*`; of those alike the one that comes later.
std::vector<const ScopedSettings*> scopes_of(const Policy& policy, const Asset& asset);

// The constants of those assets that some entry fits: each setting by the most specific entry that gives it.
OwnScoring own_scoring(const Policy& policy, const std::vector<AssetReport>& assets);

}  // namespace plimsoll::policy
