#include "journal/search_words.h"

#include "base/text.h"

namespace plimsoll::journal {

Status put_asset_words(Database& db, int64_t asset, const Asset& what) {
  const std::string words = lower(what.name + '\n' + what.image + '\n' + what.node + '\n' + what.id.value);
  return db.run(
      "INSERT INTO asset_words (asset, words) VALUES (?, ?) ON CONFLICT (asset) DO UPDATE SET words = excluded.words "
      "WHERE asset_words.words <> excluded.words",
      asset, words);
}

Status put_threat_words(Database& db, int64_t group, const std::string& id, const std::string& title) {
  return db.run(
      "INSERT INTO threat_words (threat_group, words) VALUES (?, ?) ON CONFLICT (threat_group) DO UPDATE SET words = "
      "excluded.words",
      group, lower(id + '\n' + title));
}

Status drop_old_words(Database& db) {
  return db.script(
      "DELETE FROM asset_words WHERE asset NOT IN (SELECT no FROM assets); "
      "DELETE FROM threat_words WHERE threat_group NOT IN (SELECT no FROM threat_groups)");
}

}  // namespace plimsoll::journal
