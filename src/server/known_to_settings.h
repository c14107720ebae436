#pragma once
#include "notify/settings.h"

namespace plimsoll::server {

// The names of formats, for the reader of settings.
notify::Known known_to_settings();

}  // namespace plimsoll::server
