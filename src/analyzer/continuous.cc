#include "analyzer/continuous.h"

#include <algorithm>
#include <array>
#include <thread>

#include "base/text.h"
#include "runtime/cgroup_names.h"
#include "runtime/containerd_session.h"
#include "runtime/docker_events.h"
#include "system/grpc_unix.h"
#include "system/http_stream.h"

namespace plimsoll::analyzer {
namespace {

using Clock = std::chrono::steady_clock;

// Events that change what a scan would find.
// {"type":["container","image"],"event":["start","die","destroy","pause","unpause","rename","update","pull"]}
constexpr const char* docker_events =
    "/events?filters=%7B%22type%22%3A%5B%22container%22%2C%22image%22%5D%2C%22event%22%3A%5B%22start%22%2C%22die%22%2C"
    "%22destroy%22%2C%22pause%22%2C%22unpause%22%2C%22rename%22%2C%22update%22%2C%22pull%22%5D%7D";
constexpr std::chrono::seconds ask_again{2};
constexpr std::chrono::milliseconds settle{150};  // one command of a person is several events

constexpr system::StreamBounds a_day{24 * 3600, 24 * 3600};

bool is_stopping(Watcher::Bell& bell) {
  const std::lock_guard lock(bell.mutex);
  return bell.stopping;
}

// Rings for each event until the process ends. It waits for bytes that may never come, so it is not waited for; what it
// uses is its own.
void hear_docker(std::shared_ptr<Watcher::Bell> bell, std::string socket) {
  std::array<char, 16384> buffer{};
  while (!is_stopping(*bell)) {
    const Result<system::BodyStream> events = system::stream_over_unix(socket, docker_events, a_day);
    runtime::DockerEvents lines;
    while (events.ok()) {
      const Result<size_t> got = (*events)(buffer.data(), buffer.size());
      if (!got.ok() || *got == 0 || is_stopping(*bell)) break;
      for (runtime::DockerEvents::Event& event : lines.take({buffer.data(), *got})) bell->hear(std::move(event.pulled));
    }
    std::this_thread::sleep_for(ask_again);
  }
}

// The same of one containerd; its containers that are Docker's are heard of there.
void hear_containerd(std::shared_ptr<Watcher::Bell> bell, std::string socket) {
  std::array<char, 16384> buffer{};
  while (!is_stopping(*bell)) {
    const auto events = system::call_stream_over_unix(socket, runtime::containerd_events(), a_day);
    while (events.ok()) {
      const Result<size_t> got = (*events)(buffer.data(), buffer.size());
      if (!got.ok() || *got == 0 || is_stopping(*bell)) break;
      bell->hear({});  // whatever it was: the look that follows tells
    }
    std::this_thread::sleep_for(ask_again);
  }
}

// Every containerd, also one that is started later.
void hear_each_containerd(std::shared_ptr<Watcher::Bell> bell) {
  const std::unique_ptr<system::Machine> machine = system::this_machine();
  std::set<std::string> heard;
  while (!is_stopping(*bell)) {
    for (const std::string& socket : runtime::containerd_sockets(*machine)) {
      if (heard.insert(socket).second) std::thread(hear_containerd, bell, socket).detach();
    }
    std::this_thread::sleep_for(ask_again);
  }
}

}  // namespace

void Watcher::Bell::hear(std::string image) {
  if (image.empty()) return ring(&Bell::told);
  {
    const std::lock_guard lock(mutex);
    if (pulled.size() < PulledImages::most) pulled.push_back(std::move(image));
  }
  rung.notify_all();
}

void Watcher::Bell::ring(bool Bell::* what) {
  {
    const std::lock_guard lock(mutex);
    this->*what = true;
  }
  rung.notify_all();
}

Watcher::Watcher(const system::Machine& machine, Watch watch) : machine_(machine), watch_(std::move(watch)) {
  bell_->whole_every = watch_.whole_every;
  bell_->facts_every = watch_.facts_every;
}

void Watcher::replace_schedule(std::chrono::seconds whole_every, std::chrono::seconds facts_every) {
  const std::lock_guard lock(bell_->mutex);
  bell_->whole_every = whole_every;
  bell_->facts_every = facts_every;
}

void Watcher::run() {
  std::thread(hear_docker, bell_, watch_.settings.docker_socket).detach();
  std::thread(hear_each_containerd, bell_).detach();
  for (Need need = Need::everything; need != Need::nothing; need = wait()) {
    if (!gather_once(need == Need::everything)) break;
  }
  stop();
}

void Watcher::stop() { bell_->ring(&Bell::stopping); }

void Watcher::scan_now() { bell_->ring(&Bell::asked); }

void Watcher::scan(const AssetId& asset) {
  constexpr size_t most = 64;
  {
    const std::lock_guard lock(bell_->mutex);
    if (bell_->assets.size() < most) bell_->assets.push_back(asset);
  }
  bell_->rung.notify_all();
}

// What was read of an asset is not known any more.
void Watcher::forget(const AssetId& asset) {
  known_.trees.erase(asset);
  packages_.forget(asset);
  if (asset.value.starts_with("host:")) known_.host_settings.reset();
}

Watcher::Need Watcher::wait() {
  for (;;) {
    bool asked = false, told = false;
    std::vector<AssetId> assets;
    std::chrono::seconds whole_every{}, facts_every{};
    {
      std::unique_lock lock(bell_->mutex);
      bell_->rung.wait_for(lock, watch_.look_every, [this] {
        return bell_->stopping || bell_->asked || bell_->told || !bell_->assets.empty() || !bell_->pulled.empty();
      });
      if (bell_->stopping) return Need::nothing;
      asked = std::exchange(bell_->asked, false);
      told = bell_->told;
      assets.swap(bell_->assets);
      for (const std::string& image : std::exchange(bell_->pulled, {})) images_.heard(image);
      whole_every = bell_->whole_every;
      facts_every = bell_->facts_every;
    }
    const auto now = Clock::now();
    for (AssetId& asset : packages_.changed(machine_, now)) assets.push_back(std::move(asset));
    for (const AssetId& asset : assets) forget(asset);
    if (told) {
      std::this_thread::sleep_for(settle);
      const std::lock_guard lock(bell_->mutex);
      bell_->told = false;
    }
    if (asked || now - whole_at_ >= whole_every) return Need::everything;
    if (told || !assets.empty() || images_.is_due(now) || now - facts_at_ >= facts_every || came_meanwhile_ ||
        seen_now() != seen_)
      return Need::changes;
  }
}

bool Watcher::gather_once(bool everything) {
  if (everything) {
    known_ = {};
    packages_ = {};
    images_.read_again();
    whole_at_ = Clock::now();
  }
  facts_at_ = Clock::now();
  came_meanwhile_ = false;
  // Before gathering: what comes meanwhile is another look's.
  seen_ = seen_now();
  const Instant began = machine_.now();
  Settings settings = watch_.settings;
  settings.known = &known_;
  Result<Report> gathered = gather(machine_, settings);
  if (!gathered.ok()) {
    watch_.failed(gathered.error());
    return true;
  }
  std::set<AssetId> there;
  for (const AssetReport& asset : gathered->assets) there.insert(asset.asset.id);
  std::erase_if(known_.trees, [&](const auto& tree) { return !there.contains(tree.first); });
  came_meanwhile_ = came_since(*gathered);
  there_ = std::move(there);
  packages_.take(machine_, *gathered, began);
  read_images(*gathered);
  return watch_.found(*gathered);
}

// Whether there is a container that had no process when the look began: it may have ended before the look did, and then
// nothing would tell that it is gone.
bool Watcher::came_since(const Report& gathered) const {
  return std::ranges::any_of(gathered.assets, [&](const AssetReport& asset) {
    if (asset.asset.kind != AssetKind::container || there_.contains(asset.asset.id)) return false;
    std::string seen = asset.asset.id.value;
    seen.erase(std::min(seen.find(':'), seen.size()), 1);
    return seen_.find(seen) == std::string::npos;
  });
}

// One that cannot be read is told this once. One that was there and is gone was removed: nothing is left out.
void Watcher::read_images(Report& gathered) {
  for (const std::string& reference : images_.due(Clock::now())) {
    Settings settings = watch_.settings;
    settings.targets = {{Target::Kind::image, reference}};
    Result<Report> read = gather(machine_, settings);
    if (read.ok() && !read->assets.empty()) {
      images_.keep(reference, std::move(read->assets.front()));
      continue;
    }
    const bool removed = images_.drop(reference) && !read.ok() && read.error().kind == ErrorKind::not_found;
    if (!read.ok() && !removed)
      gathered.incomplete.push_back({"image " + reference, read.error().to_string(), read.error().advice});
  }
  images_.add_to(gathered);
}

// The containers that have processes, as one text. What cannot be read changes nothing.
std::string Watcher::seen_now() const {
  std::set<std::string> ids;
  for (const std::string& name : machine_.list_directory("/proc").value_or({})) {
    if (name.empty() || name[0] < '0' || name[0] > '9') continue;
    const Result<std::string> text = machine_.read_file("/proc/" + name + "/cgroup", size_t{64} << 10);
    if (!text.ok()) continue;
    if (const auto container = runtime::container_of_cgroup_file(*text)) ids.insert(container->runtime + container->id);
  }
  return join({ids.begin(), ids.end()}, " ");
}

}  // namespace plimsoll::analyzer
