#pragma once
#include <string>
#include <vector>

#include "notify/settings.h"
#include "server/channel.h"
#include "server/http.h"
#include "server/policy_in_force.h"
#include "server/rights.h"
#include "system/descriptor.h"

namespace plimsoll::server {

struct ServiceOptions {
  ListenAddress listen;
  bool plain = false;                   // HTTP without TLS
  std::vector<std::string> host_names;  // further names it may be called by
  std::string certificate, key;         // files of the user's own; both or none
  std::string state;                    // directory of certificate and journal
  std::string journal;                  // file in `state`, or URL
  std::string db;                       // threat database; empty: where it usually is
  notify::Settings settings;            // what leaves the machine on purpose
  HttpLimits limits;
  MakeInForce make_in_force;       // of files that changed, or would be
  bool acts = false;               // the other process does what response rules want done
  std::string policies_directory;  // where those files are; empty: one file was named
  bool policies_by_api = false;    // the operator lets them be changed through the API
};

// The life of the process that speaks HTTP, matches, scores and keeps the journal: gives its rights away, then serves
// until the probe's end of `channel` is closed. `listener` is bound already; `courier` is of start_courier(), none
// where nothing leaves the machine. An exit code: 0 when it was told to end.
int run_service(const ServiceOptions& options, system::Descriptor listener, Channel channel, system::Descriptor courier,
                InForce in_force, pid_t parent);

}  // namespace plimsoll::server
