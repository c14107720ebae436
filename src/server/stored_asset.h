#pragma once
#include <simdjson.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.h"

namespace plimsoll::server {

// The last report of one asset as the journal keeps it (an element of assets[] of plimsoll.report/1), taken apart; of
// one that is gone, too. Parts of it are handed on as they are.
class StoredAsset {
 public:
  // not_found: the journal knows no such asset.
  static Result<StoredAsset> read(const journal::Journal& journal, const AssetId& id);

  const journal::AssetRow& row() const { return row_; }
  // A member of it as JSON on one line; "null" where there is none.
  std::string json(std::string_view name) const;
  // The objects of a member that is an array; none where there is none.
  std::vector<simdjson::dom::element> list(std::string_view name) const;
  // As values; without the facts of container and host.
  Result<AssetReport> values() const;
  simdjson::simdjson_result<simdjson::dom::element> at(std::string_view name) const { return root_[name]; }

 private:
  StoredAsset() = default;
  journal::AssetRow row_;
  std::string text_;
  std::unique_ptr<simdjson::dom::parser> parser_;  // owns what root_ points into
  simdjson::dom::element root_;
};

// The last report without its assets and flows; unreachable: there is none yet.
Result<Report> stored_overview(const journal::Journal& journal);

// A text member; empty where there is none.
std::string_view text_of(simdjson::dom::element object, std::string_view name);

// A whole number, or a truth; 0, or no, where there is none.
int64_t number_of(simdjson::dom::element object, std::string_view name);
bool truth_of(simdjson::dom::element object, std::string_view name);

// An object with further members, each ,"name":value behind those it has.
std::string with_members(simdjson::dom::element object, std::string_view more);

}  // namespace plimsoll::server
