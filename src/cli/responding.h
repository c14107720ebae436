#pragma once
#include <functional>
#include <memory>

#include "cli/probe_link.h"
#include "cli/serve_options.h"
#include "policy/policy.h"
#include "system/machine.h"
#include "wire/response_json.h"

namespace plimsoll::cli {

// The engine that acts, on a thread of its own, and its socket for `plimsoll respond`. In a build without it there is
// none, and nothing is done.
class Responding {
 public:
  // `scan`: reads everything again. All but the values outlives it.
  Responding(const system::Machine& machine, const ServeOptions& options, const policy::Policy& policy,
             std::shared_ptr<Probe> socket, std::function<void()> scan);
  ~Responding();
  Responding(const Responding&) = delete;

  void ask(const wire::ResponseRequest& request);
  void replace_policy(const policy::Policy& policy);
  // Releases what is to be released when Plimsoll stops.
  void end();

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

// Whether this build has the engine.
bool responds();

}  // namespace plimsoll::cli
