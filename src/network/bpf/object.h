#pragma once
#include <bpf/libbpf.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "network/bpf/programs.h"
#include "system/descriptor.h"

namespace plimsoll::network::bpf {

struct CloseObject {
  void operator()(bpf_object* object) const { bpf_object__close(object); }
};
struct DestroyLink {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using Object = std::unique_ptr<bpf_object, CloseObject>;
using Link = std::unique_ptr<bpf_link, DestroyLink>;

struct Loaded {
  Object object;
  std::vector<Link> links;
  std::vector<ProgramState> states;
};

// Loads and attaches what this kernel takes of connections.bpf.c.
Result<Loaded> load_object(const std::string& cgroup2_root);

}  // namespace plimsoll::network::bpf
