// Bytes that claim to be a reply of the Docker Engine, and paths that claim to be cgroups: never a crash, no fact that
// is both known and unknown, and no unknown setting without its reason.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/cgroup_names.h"
#include "runtime/docker_execs.h"
#include "runtime/docker_replies.h"
#include "runtime/docker_settings.h"
#include "runtime/history_secrets.h"

namespace {

using namespace plimsoll;
using namespace plimsoll::runtime;

template <class T>
void expect_told(const Fact<T>& fact) {
  if (fact.known() != fact.unknown.empty()) std::abort();
}

void expect_reasons(const FactTree& tree) {
  if (tree.kind == FactTree::Kind::unknown && tree.text.empty()) std::abort();
  for (const FactTree& item : tree.items) expect_reasons(item);
  for (const auto& [name, member] : tree.members) expect_reasons(member);
}

void read_settings(std::string_view bytes) {
  RuntimeFacts engine;
  engine.rootless = Fact<bool>::of(false);
  expect_reasons(engine_settings(engine, std::string(bytes)));
  if (const auto networks = network_settings(bytes); networks.ok()) expect_reasons(*networks);
  if (const auto use = image_use(bytes, bytes); use.ok()) expect_reasons(*use);
  if (const auto image = image_settings(bytes, std::string(bytes), Instant{}); image.ok()) expect_reasons(*image);
  if (const auto exec = read_exec(bytes); exec.ok()) expect_reasons(*exec);
  (void)read_exec_events(bytes);
  const CleanStep step = clean_step(bytes);
  if (!step.secrets.empty() && step.text.find("***") == std::string::npos) std::abort();
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
  read_settings(bytes);
  if (const auto inspected = read_inspect(bytes, container, gaps); inspected.ok()) {
    expect_reasons(inspected->configured);
    expect_told(container.privileged);
    expect_told(container.published);
    expect_told(container.networks);
  }
  if (const auto named = container_of_cgroup_file(bytes); named && named->id.empty()) std::abort();
  return 0;
}
