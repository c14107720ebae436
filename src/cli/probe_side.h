#pragma once
#include <sys/types.h>

#include "cli/serve_options.h"
#include "server/channel.h"

namespace plimsoll::cli {

// The life of the process with the rights: it watches the machine, acts, updates the database, and tells the process
// `service` over `channel`, whose end is its end, too. `first`: the policy it begins with. The program's exit code.
int probe_for(const ServeOptions& options, const server::InForce& first, pid_t service, server::Channel channel);

}  // namespace plimsoll::cli
