#include "probe/network/containers_here.h"

#include <algorithm>
#include <set>

#include "runtime/docker_replies.h"
#include "runtime/runtime.h"

namespace plimsoll::probe {
namespace {

constexpr std::chrono::seconds thorough{30};
constexpr size_t reply_limit = size_t{16} << 20;
constexpr int patience_seconds = 5;

}  // namespace

// The ids of the running containers, one after the other; empty when the engine does not answer.
std::string ContainersHere::docker_ids() const {
  const auto reply = machine_.http_unix(docker_socket_, "GET", "/containers/json", {}, reply_limit, patience_seconds);
  if (!reply.ok() || reply->status != 200) return {};
  IncompleteList ignored;
  const auto list = runtime::read_list(reply->body, ignored);
  if (!list.ok()) return {};
  std::set<std::string> ids;
  for (const ContainerFacts& facts : *list) ids.insert(facts.id.value);
  std::string out;
  for (const std::string& id : ids) out += id + "\n";
  return out;
}

std::optional<std::vector<Watched>> ContainersHere::look(IncompleteList& gaps) {
  std::string ids = docker_ids() + runtime::containerd_running(machine_);
  const auto now = std::chrono::steady_clock::now();
  if (!first_ && ids == known_ids_ && now - looked_ < thorough) return std::nullopt;
  first_ = false;
  known_ids_ = std::move(ids);
  looked_ = now;
  std::vector<runtime::Listed> found;
  const auto take = [&](std::vector<runtime::Listed>&& more) {
    for (runtime::Listed& listed : more) found.push_back(std::move(listed));
  };
  if (auto docker = runtime::ask_docker(machine_, docker_socket_); docker.ok()) {
    take(std::move(docker->containers));
  } else if (docker.error().kind != ErrorKind::not_found) {
    gaps.push_back({"Docker Engine at " + docker_socket_, docker.error().message, docker.error().advice});
  }
  for (runtime::Answer& podman : runtime::ask_podman(machine_, gaps)) take(std::move(podman.containers));
  for (runtime::Answer& containerd : runtime::ask_containerd(machine_, gaps)) take(std::move(containerd.containers));
  if (auto others = runtime::find_by_kernel(machine_, found, &gaps); others.ok()) take(std::move(*others));
  return watched(found);
}

}  // namespace plimsoll::probe
