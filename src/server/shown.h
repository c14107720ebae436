#pragma once
#include <string>

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
// {IMAGE: {score, level, counts}}: of the content of each image alone, as if it ran nowhere.
std::string images_json(const Report& report, const policy::Policy& policy);
// {EXCEPTION: threats that it takes out of scores}
std::string excepted_json(const Report& report);

}  // namespace plimsoll::server
