#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "model/incomplete.h"
#include "probe/network/watched.h"
#include "system/machine.h"

namespace plimsoll::probe {

// The containers that run on this machine, asked for again and again.
class ContainersHere {
 public:
  ContainersHere(const system::Machine& machine, std::string docker_socket)
      : machine_(machine), docker_socket_(std::move(docker_socket)) {}

  // All of them, from every runtime that answers and from the kernel; nothing when a cheap look tells that they are the
  // same as the last time. Containers that no cheap look shows are found within half a minute.
  std::optional<std::vector<Watched>> look(IncompleteList& gaps);

 private:
  std::string docker_ids() const;

  const system::Machine& machine_;
  std::string docker_socket_;
  std::string known_ids_;
  bool first_ = true;
  std::chrono::steady_clock::time_point looked_{};
};

}  // namespace plimsoll::probe
