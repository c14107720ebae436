#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>

#include "base/text.h"
#include "cli/duration.h"
#include "cli/exit_code.h"
#include "cli/network_commands.h"
#include "cli/sandboxed.h"
#include "cli/scan_options.h"
#include "cli/watch_view.h"
#include "network/detect/detector.h"
#include "probe/host/identity.h"
#include "probe/network/containers_here.h"
#include "probe/network/watcher.h"
#include "system/descriptor.h"

namespace plimsoll::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr size_t most_rows_at_end = 500;

struct WatchChoice {
  std::string for_text, format = "table", sources = "ebpf,tables,packets", docker_socket = "/var/run/docker.sock";
};

std::optional<probe::SourceChoice> parse_sources(std::string_view text) {
  probe::SourceChoice out{false, false, false};
  for (const std::string_view word : split(text, ',')) {
    if (word == "ebpf")
      out.kernel_programs = true;
    else if (word == "tables")
      out.socket_tables = true;
    else if (word == "packets")
      out.packets = true;
    else
      return std::nullopt;
  }
  return out;
}

// SIGINT and SIGTERM as something to wait for, for all threads made from here on.
class Interrupts {
 public:
  Interrupts() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    file_ = system::Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  // True: one has come.
  bool wait(milliseconds most) const {
    pollfd file{file_.get(), POLLIN, 0};
    return ::poll(&file, 1, static_cast<int>(most.count())) > 0;
  }

 private:
  system::Descriptor file_;
};

class Watch {
 public:
  Watch(WatchChoice choice, probe::SourceChoice sources, std::optional<milliseconds> duration)
      : choice_(std::move(choice)), sources_(sources), duration_(duration) {}

  int run() {
    const Interrupts interrupts;  // before the first thread and the workers, which must not end by them
    std::unique_ptr<system::sandbox::Sandbox> sandbox;
    if (sources_.packets) {
      Result<std::unique_ptr<system::sandbox::Sandbox>> started = start_sandbox();
      if (!started.ok()) return fail(started.error(), exit_incomplete);
      sandbox = std::move(*started);
    }
    machine_ = system::this_machine();
    HostFacts host;
    system::Gaps gaps;
    probe::read_identity(*machine_, host, gaps);
    const AssetId asset{"host:" + (host.machine_id.empty() ? host.hostname : host.machine_id)};
    names_[asset] = host.hostname;
    probe::WatchOptions options = watch_options();
    options.capture = sandbox.get();
    probe::Watcher watcher(*machine_, asset, std::move(options));
    probe::ContainersHere here(*machine_, choice_.docker_socket);
    watcher.start(named(here.look(gaps_)).value_or(std::vector<probe::Watched>{}));
    if (!json()) std::fputs(terminal_ ? "" : "watching...\n", stderr);
    follow(interrupts, watcher, here);
    return finish(watcher);
  }

 private:
  bool json() const { return choice_.format == "json"; }

  probe::WatchOptions watch_options() {
    probe::WatchOptions out;
    out.sources = sources_;
    out.detectors = network::default_detectors();
    out.refresh = milliseconds(terminal_ && !json() ? 2000 : 10'000);
    if (!json()) return out;
    out.on_flow = [this](const probe::SeenFlow& flow) {
      const std::lock_guard lock(mutex_);
      std::fputs(flow_line(flow, names_).c_str(), stdout);
    };
    return out;
  }

  std::optional<std::vector<probe::Watched>> named(std::optional<std::vector<probe::Watched>> containers) {
    if (!containers) return containers;
    const std::lock_guard lock(mutex_);
    for (const probe::Watched& container : *containers) names_[container.asset] = container.name;
    return containers;
  }

  void follow(const Interrupts& interrupts, probe::Watcher& watcher, probe::ContainersHere& here) {
    constexpr milliseconds step{1000};
    const auto end = Clock::now() + duration_.value_or(milliseconds(0));
    for (bool ended = false; !ended;) {
      if (terminal_ && !json()) show(watcher.observe(false));
      const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
      ended = interrupts.wait(duration_ ? std::clamp(left, milliseconds(0), step) : step);
      if (duration_ && Clock::now() >= end) ended = true;
      if (ended) break;
      if (const auto containers = named(here.look(gaps_))) watcher.update(*containers);
      if (json()) std::fflush(stdout);
    }
  }

  report::Options how() const {
    ScanOptions options;
    options.quiet = true;
    auto out = render_options(options, {});
    return out.ok() ? *out : report::Options{};
  }

  void show(const probe::Observation& seen) {
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 12;
    const std::string page = view_.table(seen, names_, how(), known ? size.ws_row - 8U : 16U);
    std::printf("\033[H\033[2J%s", page.c_str());  // from the top of an empty screen
    std::fflush(stdout);
  }

  int finish(probe::Watcher& watcher) {
    probe::Observation seen = watcher.observe();
    watcher.stop();
    std::ranges::sort(gaps_);
    gaps_.erase(std::unique(gaps_.begin(), gaps_.end()), gaps_.end());
    seen.not_assessed.insert(seen.not_assessed.end(), gaps_.begin(), gaps_.end());
    std::fputs(json() ? state_line(seen).c_str() : view_.table(seen, names_, how(), most_rows_at_end).c_str(), stdout);
    const bool blind = std::ranges::none_of(seen.sources, &probe::SourceState::in_use);
    return blind || !seen.not_assessed.empty() ? exit_incomplete : exit_done;
  }

  WatchChoice choice_;
  probe::SourceChoice sources_;
  std::optional<milliseconds> duration_;
  const bool terminal_ = ::isatty(STDOUT_FILENO) == 1;
  std::unique_ptr<system::Machine> machine_;
  WatchView view_;
  std::mutex mutex_;
  AssetNames names_;  // guarded by mutex_ once the watcher runs
  IncompleteList gaps_;
};

int watch(const WatchChoice& choice) {
  const auto sources = parse_sources(choice.sources);
  const auto duration = parse_duration(choice.for_text);
  if (!sources || (!choice.for_text.empty() && !duration)) {
    return fail({ErrorKind::malformed,
                 sources ? "--for names no duration" : "--sources names an unknown source",
                 {},
                 sources ? "use 10s, 2m, 1h" : "use some of ebpf,tables,packets"},
                exit_usage);
  }
  return Watch(choice, *sources, duration).run();
}

}  // namespace

void add_network_watch(CLI::App& network, Run& run) {
  auto choice = std::make_shared<WatchChoice>();
  CLI::App* command = network.add_subcommand("watch", "Show the connections of this machine as they come and go");
  command->add_option("--for", choice->for_text, "How long: 10s, 2m, 1h; without it until interrupted");
  command->add_option("--format", choice->format, "table, or json: one object a line, a flow when it ends")
      ->check(CLI::IsMember({"table", "json"}));
  command->add_option("--sources", choice->sources, "Which ways to see connections may be used: ebpf,tables,packets");
  command->add_option("--docker-socket", choice->docker_socket, "Where the Docker Engine listens");
  command->callback([&run, choice] { run = [choice] { return watch(*choice); }; });
}

}  // namespace plimsoll::cli
