#include "base/text.h"
#include "runtime/runtime.h"

namespace plimsoll::runtime {

std::vector<Answer> ask_podman(const system::Machine& machine, IncompleteList& not_assessed) {
  constexpr size_t max_users = 1000;
  std::vector<std::string> sockets = {"/run/podman/podman.sock"};
  if (const auto users = machine.list_directory("/run/user", max_users); users.ok()) {
    for (const std::string& user : *users) sockets.push_back("/run/user/" + user + "/podman/podman.sock");
  }
  std::vector<Answer> answers;
  for (const std::string& socket : sockets) {
    auto answer = ask_docker(machine, socket);
    if (answer.ok()) {
      answers.push_back(std::move(*answer));
    } else if (answer.error().kind != ErrorKind::not_found) {
      not_assessed.push_back(
          {"Podman service at " + printable(socket, 200), answer.error().message, answer.error().advice});
    }
  }
  return answers;
}

}  // namespace plimsoll::runtime
