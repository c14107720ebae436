#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "benchmark/rule_set.h"
#include "model/exception.h"
#include "model/report.h"
#include "model/wan.h"
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

// What one file tree held when it was read.
struct KnownTree {
  std::optional<OsRelease> os;
  std::vector<Package> packages;
  Offered offered;
  Fact<bool> setuid_files;
  IncompleteList not_assessed;
};

// What takes long to read, from earlier calls of gather() for this machine: what stands here is taken as it is, what is
// read is added. Empty it to have everything read anew.
struct Known {
  std::map<AssetId, KnownTree> trees;
  std::optional<FactTree> host_settings;
};

struct Settings {
  std::vector<Target> targets;  // empty: all
  Known* known = nullptr;       // null: nothing is kept
  bool packages = true;         // read file trees for packages; without, a scan is a matter of milliseconds
  std::string docker_socket = "/var/run/docker.sock";
  bool repositories = false;                    // ask the repositories that package sources name, over the network
  bool changelogs = false;                      // ask for the changelogs of pending updates, over the network
  std::chrono::milliseconds observe{0};         // how long the network of this machine is watched; 0: not at all
  WanPolicy wan;                                // what is outside
  system::sandbox::Sandbox* capture = nullptr;  // where packets are parsed while it is watched; null: none are
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
  const std::vector<Exception>* exceptions = nullptr;  // null: none
};

// Steps 4-7: match, check, assess, order. `db` may be null: then every asset says that vulnerabilities were not
// assessed.
void judge(Report& report, const threatdb::ThreatDb* db, const Judgement& by, Instant now);

// The same without vulnerabilities and packages, which nobody asked for: levels are of settings and exposure alone.
void judge_settings(Report& report, const Judgement& by, Instant now);

// Anew by `by` a report that was judged before and holds no facts any more (a JSON report): severities, failed checks,
// exceptions of policy files, levels. Which packages have which flaws, what is outside and which routes are open stays
// as it was found then.
void judge_told(Report& report, const Judgement& by, Instant now);

}  // namespace plimsoll::analyzer
