#pragma once
#include <string>
#include <vector>

#include "journal/database.h"
#include "journal/journal.h"

// Which packages are in which inventory, so that one can ask who has a package. Inventories are kept once for all
// assets that have the same content, and so is their index.
namespace plimsoll::journal {

// Of an inventory that has none yet; inside a transaction that writes.
Status index_packages(Database& db, const std::string& inventory_hash, const std::vector<Package>& packages);

// Of the inventories that an older version wrote, in transactions of its own. One that cannot be read has none.
Status index_older_inventories(Database& db);

// What belongs to no inventory any more; inside a transaction that writes.
Status trim_package_index(Database& db);

Result<std::vector<PackageGroup>> find_packages(Database& db, const std::string& text, size_t limit);
Result<Page<PackageHolder>> read_package_holders(Database& db, const PackageQuery& query);

}  // namespace plimsoll::journal
