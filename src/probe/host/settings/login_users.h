#pragma once
#include <string_view>

#include "probe/host/settings/context.h"

namespace plimsoll::probe::settings {

// A shell that lets somebody in: not nologin, not false, and not the pseudo shells sync, shutdown and halt.
bool is_login_shell(std::string_view shell);

// root, and users from UID_MIN (1000) to 59 999 with a login shell and a home that is a directory of its own.
bool is_person(const User& user);

}  // namespace plimsoll::probe::settings
