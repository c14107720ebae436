// Stands for programs.cc where the program is built without kernel programs (PLIMSOLL_EBPF=OFF).
#include "network/bpf/programs.h"

namespace plimsoll::network::bpf {

struct Programs::State {
  std::vector<ProgramState> states;
};
Programs::Programs(std::unique_ptr<State> state) : state_(std::move(state)) {}
Programs::~Programs() = default;
Result<std::unique_ptr<Programs>> Programs::load(const std::string&) {
  return Error{ErrorKind::unsupported, "this program was built without kernel programs"};
}
const std::vector<ProgramState>& Programs::states() const { return state_->states; }
int Programs::descriptor() const { return -1; }
bool Programs::take_tcp(size_t, const std::function<void(const Sighting&)>&,
                        const std::function<void(const ListenerSeen&)>&) {
  return false;
}
void Programs::take_udp(const std::function<void(const Sighting&)>&) {}
KernelCounts Programs::counts() const { return {}; }
int Programs::head_filter() const { return -1; }

}  // namespace plimsoll::network::bpf
