#pragma once
#include <functional>
#include <map>
#include <string>

#include "analyzer/analyzer.h"
#include "journal/journal.h"

namespace plimsoll::server {

// Facts and judgement of an asset as one number; when it was looked at is no change of it.
std::string print_of(const AssetReport& asset);

// Judges anew what the journal holds, without reading a disk: part by part, so that a large fleet is never in memory as
// a whole.
struct StoredJudge {
  journal::Journal& journal;
  const threatdb::ThreatDb* db = nullptr;  // may be null
  analyzer::Judgement by;
  std::string actor;
  Instant at{};

  // Told before the last part is journalled: the whole as judge_in_parts() gives it, and ImagesShown of it.
  using Show = std::function<void(const Report& whole, const std::string& images)>;

  // The prints of all assets as they were journalled; none where nothing is stored. Each part is journalled when it is
  // judged; after an error some may be, and the judgement is to be done again.
  Result<std::map<AssetId, std::string>> run(const Show& show) const;
};

}  // namespace plimsoll::server
