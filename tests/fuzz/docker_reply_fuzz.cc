// Bytes that claim to be a reply of the Docker Engine, and paths that claim to be cgroups: never a crash, and no fact
// that is both known and unknown.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/cgroup_names.h"
#include "runtime/docker_replies.h"

namespace {

using namespace plimsoll;
using namespace plimsoll::runtime;

template <class T>
void expect_told(const Fact<T>& fact) {
  if (fact.known() != fact.unknown.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  RuntimeFacts engine;
  IncompleteList gaps;
  if (const auto version = read_version(bytes); version.ok()) {
    (void)choose_api_version(version->api_version, oldest_api_version(bytes));
  }
  if (read_info(bytes, engine).ok()) expect_told(engine.rootless);
  (void)read_networks(bytes, engine, gaps);
  (void)read_list(bytes, gaps);
  ContainerFacts container;
  if (read_inspect(bytes, container, gaps).ok()) {
    expect_told(container.privileged);
    expect_told(container.published);
    expect_told(container.networks);
  }
  if (const auto named = container_of_cgroup_file(bytes); named && named->id.empty()) std::abort();
  return 0;
}
