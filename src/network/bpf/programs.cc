#include "network/bpf/programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <array>
#include <cstring>

#include "network/bpf/object.h"
#include "network/bpf/read_records.h"
#include "network/bpf/records.h"

namespace plimsoll::network::bpf {
namespace {

struct FreeRing {
  void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};

constexpr size_t batch = 1024;  // conversations taken out of the map at once
constexpr int enough = -4096;   // no errno: the ring was left before it was empty

}  // namespace

struct Programs::State {
  Loaded loaded;
  std::unique_ptr<ring_buffer, FreeRing> ring;
  int conversations = -1, makers = -1, counts = -1;
  // Of the taking that goes on.
  const std::function<void(const Sighting&)>* seen = nullptr;
  const std::function<void(const ListenerSeen&)>* listens = nullptr;
  KernelClock clock;
  size_t left = 0;

  int take(const void* data, size_t size) {
    const TcpNews news = read_tcp_record({static_cast<const char*>(data), size}, clock);
    if (news.sighting) (*seen)(*news.sighting);
    if (news.listener) (*listens)(*news.listener);
    return --left == 0 ? enough : 0;
  }
};

Programs::Programs(std::unique_ptr<State> state) : state_(std::move(state)) {}
Programs::~Programs() = default;

Result<std::unique_ptr<Programs>> Programs::load(const std::string& cgroup2_root) {
  PLIMSOLL_TRY(loaded, load_object(cgroup2_root));
  auto state = std::make_unique<State>();
  state->loaded = std::move(loaded);
  bpf_object* object = state->loaded.object.get();
  state->conversations = bpf_object__find_map_fd_by_name(object, "conversations");
  state->makers = bpf_object__find_map_fd_by_name(object, "makers");
  state->counts = bpf_object__find_map_fd_by_name(object, "counts");
  const auto take = [](void* self, void* data, size_t size) { return static_cast<State*>(self)->take(data, size); };
  state->ring.reset(ring_buffer__new(bpf_object__find_map_fd_by_name(object, "records"), take, state.get(), nullptr));
  if (!state->ring) return Error{ErrorKind::unsupported, "the ring of kernel records cannot be mapped"};
  return std::unique_ptr<Programs>(new Programs(std::move(state)));
}

const std::vector<ProgramState>& Programs::states() const { return state_->loaded.states; }

int Programs::descriptor() const { return ring_buffer__epoll_fd(state_->ring.get()); }

bool Programs::take_tcp(size_t most, const std::function<void(const Sighting&)>& seen,
                        const std::function<void(const ListenerSeen&)>& listens) {
  state_->seen = &seen;
  state_->listens = &listens;
  state_->clock = KernelClock::now();
  state_->left = most;
  return ring_buffer__consume(state_->ring.get()) == enough;
}

void Programs::take_udp(const std::function<void(const Sighting&)>& seen) {
  const KernelClock clock = KernelClock::now();
  std::vector<plimsoll_udp_key> keys(batch);
  std::vector<plimsoll_udp_value> values(batch);
  uint32_t place = 0;
  for (bool first = true, more = true; more; first = false) {
    uint32_t count = batch;
    uint32_t next = 0;
    more = bpf_map_lookup_and_delete_batch(state_->conversations, first ? nullptr : &place, &next, keys.data(),
                                           values.data(), &count, nullptr) == 0;
    for (uint32_t i = 0; i < count && i < batch; ++i) {
      plimsoll_maker maker;
      const bool known = bpf_map_lookup_elem(state_->makers, &keys[i].socket, &maker) == 0;
      seen(read_udp_conversation(keys[i], values[i], known ? &maker : nullptr, clock));
    }
    place = next;
  }
}

int Programs::head_filter() const {
  if (!state_->loaded.states.back().in_use) return -1;
  return bpf_program__fd(bpf_object__find_program_by_name(state_->loaded.object.get(), "heads"));
}

KernelCounts Programs::counts() const {
  const int processors = libbpf_num_possible_cpus();
  std::vector<uint64_t> values(processors > 0 ? static_cast<size_t>(processors) : 1);
  std::array<uint64_t, plimsoll_counts_size> sums{};
  for (uint32_t i = 0; i < sums.size(); ++i) {
    if (bpf_map_lookup_elem(state_->counts, &i, values.data()) != 0) continue;
    for (const uint64_t value : values) sums[i] += value;
  }
  return {sums[plimsoll_records_lost], sums[plimsoll_udp_opened], sums[plimsoll_udp_lost]};
}

}  // namespace plimsoll::network::bpf
