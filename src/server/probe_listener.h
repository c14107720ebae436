#pragma once
#include "journal/journal.h"
#include "server/analyst.h"
#include "server/channel.h"
#include "server/policy_change.h"
#include "server/policy_desk.h"
#include "server/response_desk.h"
#include "server/world.h"

namespace plimsoll::server {

// Hands on what the probe says, until its end is closed.
void listen_to_probe(Channel& channel, World& world, journal::Journal& journal, Analyst& analyst, ResponseDesk& desk,
                     PolicyDesk& policies, PolicyChange& change);

}  // namespace plimsoll::server
