#pragma once
#include <vector>

#include "model/fact_tree.h"
#include "system/files.h"

namespace plimsoll::probe::kubernetes {

// The pods the kubelet starts from files, without asking the API server.
struct StaticPods {
  FactTree tree;                    // {directory, files, pods}; absent: the kubelet has no such directory
  std::vector<FactTree> manifests;  // those that could be read, with their path as source
};

// Of `directory`; empty: the usual one.
StaticPods read_static_pods(const system::Files& host, const std::string& directory);

}  // namespace plimsoll::probe::kubernetes
