#pragma once
#include "model/fact_tree.h"
#include "probe/runtime/audited.h"
#include "system/files.h"

namespace plimsoll::probe {

// Adds to Docker's tree `files`, `audit`, `data_root` and `group_members`. The tree has `daemon` and `program` already.
void add_docker_files(const system::Files& files, const AuditedPaths& audit, FactTree& engine);

// The same for containerd or CRI-O alone: unit, socket, configuration, program.
void add_other_files(const system::Files& files, const AuditedPaths& audit, const std::string& kind, FactTree& engine);

// What the environment of later logins sets DOCKER_CONTENT_TRUST to (/etc/environment, /etc/profile, /etc/profile.d).
FactTree content_trust(const system::Files& files);

}  // namespace plimsoll::probe
