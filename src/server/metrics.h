#pragma once
#include <string>

#include "server/api.h"

namespace plimsoll::server {

// The state of the service in Prometheus' text format 0.0.4.
Result<std::string> metrics_text(Api& api);

}  // namespace plimsoll::server
