#pragma once
#include "journal/database.h"
#include "model/asset.h"

// What lists are searched for: the tables asset_words and threat_words. Whoever writes an asset or a threat writes
// them, too; in small letters as pattern_of() of page.h.
namespace plimsoll::journal {

Status put_asset_words(Database& db, int64_t asset, const Asset& what);
Status put_threat_words(Database& db, int64_t group, const std::string& id, const std::string& title);
// Those of assets and threats that are no more.
Status drop_old_words(Database& db);

}  // namespace plimsoll::journal
