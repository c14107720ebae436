#include "cli/database_updater.h"

#include "base/text.h"
#include "cli/sandboxed.h"
#include "threatdb/update.h"

namespace plimsoll::cli {

DatabaseUpdater::~DatabaseUpdater() {
  if (thread_.joinable()) thread_.join();
}

void DatabaseUpdater::replace_policy(const policy::Policy& policy) {
  const std::lock_guard lock(mutex_);
  policy_ = policy.updates;
  every_ = policy.schedule.database;
}

void DatabaseUpdater::start_if_due() {
  {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (every_.count() == 0 || (began_ && now - *began_ < every_)) return;
  }
  start();
}

void DatabaseUpdater::start() {
  const std::lock_guard one_at_a_time(starting_);
  if (running_.exchange(true)) return;
  {
    const std::lock_guard lock(mutex_);
    began_ = std::chrono::steady_clock::now();
  }
  if (thread_.joinable()) thread_.join();
  thread_ = std::thread([this] {
    probe_.say(server::Say::update_step, server::to_payload({"asking the sources", 0, 0}));
    const std::string fault = update();
    running_ = false;
    probe_.say(server::Say::updated, fault);
  });
}

void DatabaseUpdater::needs(const Report& gathered) {
  const std::lock_guard lock(mutex_);
  for (const AssetReport& asset : gathered.assets) {
    for (const Package& package : asset.packages) {
      if (!package.ecosystem.empty()) ecosystems_.insert(package.ecosystem);
    }
  }
}

std::string DatabaseUpdater::update() {
  const Result<std::unique_ptr<system::sandbox::Sandbox>> sandbox = start_sandbox();
  if (!sandbox.ok()) return printable(sandbox.error().to_string());
  threatdb::UpdateSettings settings;
  settings.sandbox = sandbox->get();
  settings.progress = [this, pace = Pace()](const std::string& what, uint64_t done, uint64_t total) mutable {
    if (pace.is_due(what))
      probe_.say(server::Say::update_step, server::to_payload({printable(what, 200), done, total}));
  };
  {
    const std::lock_guard lock(mutex_);
    settings.policy = policy_;
    settings.ecosystems.assign(ecosystems_.begin(), ecosystems_.end());
  }
  const Result<threatdb::DatabaseUpdate> done = threatdb::update_database(path_, std::move(settings));
  if (!done.ok()) return printable(done.error().to_string());
  std::vector<std::string> faults;
  for (const Incomplete& part : done->feeds.failed) faults.push_back(part.what + ": " + part.reason);
  if (!done->built && faults.empty()) faults.emplace_back("the database was left as it was");
  return printable(join(faults, "; "), 2000);
}

}  // namespace plimsoll::cli
