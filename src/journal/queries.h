#pragma once
#include "journal/database.h"
#include "journal/journal.h"

// The questions of journal.h about the assessed world, each inside the read transaction of its caller.
namespace plimsoll::journal {

Result<Page<AssetRow>> read_assets(Database& db, const AssetQuery& query);
Result<AssetDetail> read_asset(Database& db, const AssetId& id);
Result<std::vector<ScorePoint>> read_history(Database& db, const AssetId& id, Instant since, Instant until);
Result<std::map<AssetId, ScorePoint>> read_scores_at(Database& db, Instant at);
Result<Summary> read_summary(Database& db);
Result<std::string> read_overview(Database& db);
Result<Report> read_facts(Database& db, const std::vector<AssetId>& only);
Result<std::vector<Asset>> read_known_assets(Database& db);
Result<Report> read_between(Database& db);

Result<Page<ThreatGroup>> read_threats(Database& db, const ThreatQuery& query);
Result<ThreatGroup> read_threat(Database& db, const ThreatId& id);
Result<Page<ThreatRow>> read_who_has(Database& db, const ThreatId& id, const std::string& cursor, size_t limit);
Result<Page<ThreatRow>> read_threats_of(Database& db, const AssetId& id, bool resolved, const ThreatQuery& query);

}  // namespace plimsoll::journal
