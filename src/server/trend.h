#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace plimsoll::server {

// How it went in a time, from the journal alone: what rose, what fell, what came and went.
struct TrendRow {
  journal::AssetRow asset;              // as it is at the end
  std::optional<int> before;            // its score when the time began; nothing: it was not there, or nobody looked
  int highest = 0;                      // in between
  uint64_t appeared = 0, resolved = 0;  // threats
  bool came = false, went = false;
  // How far it rose (or fell, negative): what came counts in full.
  int rise() const { return asset.score - before.value_or(0); }
};
struct Trend {
  Instant since{}, until{};
  std::vector<TrendRow> rows;  // by how far they rose
  uint64_t appeared = 0, resolved = 0;
  int came = 0, went = 0, worse = 0, better = 0;
};

Result<Trend> take_trend(const journal::Journal& journal, Instant since, Instant until,
                         const std::function<bool(const Asset&)>& keep);

struct TrendFormat {
  std::string_view name, type, ending;
  std::string (*render)(const Trend&);
};
std::span<const TrendFormat> trend_formats();
const TrendFormat* find_trend_format(std::string_view name);  // null: there is none

}  // namespace plimsoll::server
