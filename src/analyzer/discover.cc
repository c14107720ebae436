#include "analyzer/discover.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <thread>

#include "analyzer/append.h"
#include "system/proc_status.h"

namespace plimsoll::analyzer {
namespace {

// How old a container that no runtime has told of must be to be taken as it is: where its runtime answers, and where
// none does.
constexpr double told_within = 5, made_within = 0.4;  // seconds
constexpr std::chrono::milliseconds between_looks{100};
constexpr int most_looks = 50;

void add(Discovered& found, runtime::Answer answer) {
  found.runtimes.push_back(std::move(answer.facts));
  if (answer.settings.kind != FactTree::Kind::absent) found.settings.push_back(std::move(answer.settings));
  std::move(answer.containers.begin(), answer.containers.end(), std::back_inserter(found.containers));
  append(found.incomplete, std::move(answer.not_assessed));
}

void ask_runtimes(const system::Machine& machine, const std::string& docker_socket, Discovered& found) {
  Result<runtime::Answer> docker = runtime::ask_docker(machine, docker_socket);
  if (docker.ok()) {
    add(found, std::move(*docker));
  } else if (docker.error().kind != ErrorKind::not_found) {
    found.incomplete.push_back(
        {"Docker Engine at " + docker_socket, docker.error().message,
         docker.error().advice.empty() ? "run as root, or as a member of the socket's group" : docker.error().advice});
    found.settings.push_back(runtime::unanswered_settings("docker", docker_socket, docker.error().message));
  }
  for (runtime::Answer& podman : runtime::ask_podman(machine, found.incomplete)) add(found, std::move(podman));
  for (runtime::Answer& containerd : runtime::ask_containerd(machine, found.incomplete))
    add(found, std::move(containerd));
}

// In seconds; nothing when that cannot be read.
std::optional<double> age_of(const system::Machine& machine, int pid) {
  const Result<std::string> stat = machine.read_file("/proc/" + std::to_string(pid) + "/stat");
  const Result<std::string> uptime = machine.read_file("/proc/uptime", 4096);
  if (!stat.ok() || !uptime.ok()) return std::nullopt;
  const std::optional<uint64_t> started = system::parse_start_time(*stat);
  const double now = std::strtod(uptime->c_str(), nullptr);
  if (!started || now <= 0) return std::nullopt;
  return now - static_cast<double>(*started) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// `listed`: by the kernel alone. What no runtime made has neither a name nor files to wait for.
bool is_starting(const system::Machine& machine, const Discovered& found, const runtime::Listed& listed) {
  if (listed.facts.runtime == "unmanaged") return false;
  const bool answers = std::ranges::any_of(
      found.runtimes, [&](const RuntimeFacts& runtime) { return runtime.name == listed.facts.runtime; });
  const std::optional<double> age = age_of(machine, listed.facts.pid);
  return age && *age < (answers ? told_within : made_within);
}

}  // namespace

Discovered discover(const system::Machine& machine, const std::string& docker_socket) {
  for (int look = 1;; ++look) {
    Discovered found;
    ask_runtimes(machine, docker_socket, found);
    Result<std::vector<runtime::Listed>> others = runtime::find_by_kernel(machine, found.containers, &found.incomplete);
    if (!others.ok()) {
      found.incomplete.push_back({"containers that no runtime answers for", others.error().message, "run as root"});
      return found;
    }
    const bool wait = look < most_looks &&
                      std::ranges::any_of(
                          *others, [&](const runtime::Listed& listed) { return is_starting(machine, found, listed); });
    if (!wait) {
      std::move(others->begin(), others->end(), std::back_inserter(found.containers));
      return found;
    }
    std::this_thread::sleep_for(between_looks);
  }
}

}  // namespace plimsoll::analyzer
