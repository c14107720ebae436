#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "model/report.h"
#include "policy/policy.h"

namespace plimsoll::server {

// What is put together once when the world was judged, and kept as settings of the journal under these names, because
// answering from all reports would take too long.
inline constexpr const char* shown_not_assessed = "shown.not-assessed";
inline constexpr const char* shown_excepted = "shown.excepted";
inline constexpr const char* shown_images = "shown.images";

// {"items": [{what, reason, remedy, assets, count}]}: at most 1000, with at most 100 names each.
std::string not_assessed_json(const Report& report);
// {IMAGE: {score, level, counts}}: of the content of each image alone, as if it ran nowhere; by the first container
// that runs it in the order of a report.
class ImagesShown {
 public:
  explicit ImagesShown(const policy::Policy& policy) : policy_(policy) {}
  // Judged assets, with their threats; in any number of calls and any order.
  void add(const std::vector<AssetReport>& assets);
  std::string json() const;

 private:
  using Place = std::tuple<int, std::string, AssetId>;  // of a container in a report
  struct Image {
    Place place;
    std::string json;
  };
  const policy::Policy& policy_;
  std::map<std::string, Image> images_;
};
// {EXCEPTION: threats that it takes out of scores}
std::string excepted_json(const Report& report);

}  // namespace plimsoll::server
