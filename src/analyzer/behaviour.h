#pragma once
#include <string>

#include "base/result.h"
#include "model/report.h"
#include "network/baseline/baseline.h"

namespace plimsoll::analyzer {

// The group of alike assets that one belongs to: image without tag and digest, and the service's or the program's name;
// of a host, its machine. "shop/web as web".
std::string group_of(const AssetReport& asset);

// Judges what every asset of this report was seen to do against `baseline`, which learns from it, and writes
// report.network.behaviour. Where nothing was watched, nothing is judged and nothing learned.
void judge_behaviour(Report& report, network::Baseline& baseline, Instant now);

// The same with the baseline in the file `path`, which is made when there is none and replaced atomically.
Status judge_behaviour_by_file(Report& report, const std::string& path, Instant now);

}  // namespace plimsoll::analyzer
