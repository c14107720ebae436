#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/fact_tree.h"
#include "system/audit_rules.h"
#include "system/files.h"

namespace plimsoll::probe {

// The audit rules of this host: those the kernel follows, and those its files keep for the next start.
class AuditedPaths {
 public:
  explicit AuditedPaths(const system::Files& files);

  // {path, running, kept} of a path that exists; absent for one that does not (`file` is a file's tree, or absent).
  // A rule counts when it names the path itself or watches a directory above it, links on both sides resolved.
  FactTree of(const FactTree& file) const;

 private:
  void ask_kernel();

  const system::Files& files_;
  std::vector<system::AuditRule> running_, kept_;
  std::string running_source_, running_unknown_, kept_unknown_;
};

}  // namespace plimsoll::probe
