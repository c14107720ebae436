#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "journal/cursor.h"
#include "server/api.h"
#include "server/parameters.h"

namespace plimsoll::server {

// Pages of a list that is held whole: what passed the filters, each with the key it is sorted by. A page ends at a key,
// so that the next one goes on there whatever came or went meanwhile.
class KeyedPages {
 public:
  explicit KeyedPages(const Call& call) : call_(call) {}

  void add(std::string key, std::string json) { rows_.push_back({std::move(key), 0, std::move(json)}); }

  // {"items": [...], "next": ..., "total": n}; or why the cursor or the limit is none.
  Result<std::string> json() {
    size_t limit = 100;
    PLIMSOLL_CHECK(take_limit(call_, limit, journal::max_page));
    PLIMSOLL_TRY(after, journal::parse_cursor(call_.asked("cursor")));
    std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
    for (size_t i = 1; i < rows_.size(); ++i) rows_[i].no = rows_[i].key == rows_[i - 1].key ? rows_[i - 1].no + 1 : 0;
    auto row = rows_.begin();
    if (after) {
      row = std::partition_point(rows_.begin(), rows_.end(), [&](const Row& r) {
        return r.key != after->key ? r.key < after->key : r.no <= after->no;
      });
    }
    std::string out = "{\"items\": [";
    size_t taken = 0;
    for (; row != rows_.end() && taken < limit; ++row, ++taken) out += (taken == 0 ? "\n" : ",\n") + row->json;
    const bool more = row != rows_.end() && taken > 0;
    out += "],\n\"next\": " + (more ? "\"" + journal::to_text({(row - 1)->key, (row - 1)->no}) + "\"" : "null");
    return out + ",\n\"total\": " + std::to_string(rows_.size()) + "}\n";
  }

 private:
  struct Row {
    std::string key;
    int64_t no = 0;  // among equal keys
    std::string json;
  };
  const Call& call_;
  std::vector<Row> rows_;
};

}  // namespace plimsoll::server
