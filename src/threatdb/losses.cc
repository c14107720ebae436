#include "threatdb/losses.h"

#include "base/text.h"
#include "threatdb/update_source.h"

namespace plimsoll::threatdb {
namespace {

bool is_imported(const std::string& source) {
  return !source.starts_with("osv/") && source != "kev" && source != "epss" && source != "cvss";
}

bool holds(const FeedCache& cache, const std::string& source) {
  for (const char* name : {kev_name, epss_name, cvss_name}) {
    if (source_of(name) == source) return cache.read(name).has_value();
  }
  return cache.read(source + "/all.zip").has_value();
}

}  // namespace

IncompleteList losses(const ThreatDbInfo& present, const FeedCache& cache) {
  IncompleteList out;
  for (const DbSource& source : present.sources) {
    if (is_imported(source.name)) {
      out.push_back({printable(source.name, 200),
                     "the database holds records that were imported from files, which an update would drop",
                     "update another database (--db FILE), or remove this one"});
    } else if (source.records > 0 && !holds(cache, source.name)) {
      out.push_back({printable(source.name, 200), "the database holds it, and no source gave it to this update",
                     "update --from a mirror that has it (CVSS also: --nvd), or remove the database"});
    }
  }
  return out;
}

}  // namespace plimsoll::threatdb
