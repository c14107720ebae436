#pragma once
#include <string>
#include <string_view>

#include "model/fact_tree.h"
#include "system/files.h"

namespace plimsoll::probe {

// What Podman and CRI-O pull from (containers-registries.conf(5)), with `home` of the user it is for ("" for root):
// `insecure` (names of registries and mirrors that are taken without a verified certificate; this machine's own left
// out), `unqualified_search` (where short names are looked for), `short_names` (the mode: enforcing, permissive,
// disabled). Unknown when a file of it cannot be read.
FactTree registries_of(const system::Files& files, const std::string& home);

// What of images is verified (containers-policy.json(5)): `default`, the type of the first requirement that holds where
// no other does. Absent: there is no such file, and nothing can be pulled.
FactTree image_policy_of(const system::Files& files, const std::string& home);

// A registry of this machine itself: nobody stands in between.
bool is_local_registry(std::string_view address);

}  // namespace plimsoll::probe
