#pragma once
#include <vector>

#include "model/exception.h"
#include "model/report.h"

namespace plimsoll::assess {

// Whether an exception is about this threat of this asset. Not whether it still holds.
bool covers(const Exception& exception, const AssetReport& asset, const Threat& threat);

// Takes the threats that an exception covers, and that has not expired at `now`, out of every asset's list into its
// excepted ones: they no longer count, and are told. Of several exceptions the one that ends last is named.
void set_aside(Report& report, const std::vector<Exception>& exceptions, Instant now);

}  // namespace plimsoll::assess
