#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "benchmark/rule_set.h"
#include "model/report.h"
#include "policy/policy.h"
#include "system/machine.h"
#include "system/sandbox/sandbox.h"
#include "threatdb/threatdb.h"

namespace plimsoll::analyzer {

// What to look at; the grammar of `plimsoll scan TARGET`.
struct Target {
  enum class Kind { all, host, container, image, archive, oci, rootfs, replay } kind = Kind::all;
  std::string value;  // name, reference or path
};
Result<Target> parse_target(const std::string& text);

// Heard while working: a step's name, and how much of it is done (total 0 = not known).
using Progress = std::function<void(const std::string& step, uint64_t done, uint64_t total)>;

// The file inside a recording's directory (`scan --record DIR`, `replay:DIR`).
inline constexpr const char* recording_file = "facts.json";

struct Settings {
  std::vector<Target> targets;  // empty: all
  bool packages = true;         // read file trees for packages; without, a scan is a matter of milliseconds
  std::string docker_socket = "/var/run/docker.sock";
  bool repositories = false;  // ask the repositories that package sources name, over the network
  bool changelogs = false;    // ask for the changelogs of pending updates, over the network
  Progress progress;
  system::sandbox::Sandbox* sandbox = nullptr;  // where foreign bytes are parsed; null: in this process, and
  std::string sandbox_off;                      // why, for the report
};

// Steps 1-3: discover, probe, inventory. Nothing is judged; the result can be recorded.
Result<Report> gather(const system::Machine& machine, const Settings& settings);

// What judgement is made with.
struct Judgement {
  const policy::Policy& policy;
  const benchmark::RuleSet& rules;
};

// Steps 4-7: match, check, assess, order. `db` may be null: then every asset says that vulnerabilities were not
// assessed.
void judge(Report& report, const threatdb::ThreatDb* db, const Judgement& by, Instant now);

// The same without vulnerabilities and packages, which nobody asked for: levels are of settings and exposure alone.
void judge_settings(Report& report, const Judgement& by, Instant now);

}  // namespace plimsoll::analyzer
