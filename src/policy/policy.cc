#include "policy/policy.h"

#include <fmt/format.h>

#include "policy/faults.h"
#include "policy/route_file.h"
#include "policy/sections.h"
#include "policy/tree_image.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {
namespace {

constexpr const char* kRoutes = "data/routes/escape.yaml";
constexpr const char* kCves = "data/routes/cves.yaml";

// Hands one of our own files, as the build parsed it, to `read`; a fault in it is a bug of ours.
template <class Read>
Status read_embedded(const char* path, const Read& read) {
  auto document = tree_of_image(built_in_tree(path));
  if (!document) return Error{ErrorKind::bug, fmt::format("{} is not built into the program", path)};
  Faults faults(path);
  read(*document, faults);
  if (!faults.empty()) return Error{ErrorKind::bug, faults.error().message};
  return Done{};
}

}  // namespace

Result<Policy> default_policy() {
  Policy policy;
  PLIMSOLL_CHECK(
      read_embedded(default_file, [&](const YamlNode& d, Faults& f) { read_sections(d, default_file, policy, f); }));
  PLIMSOLL_CHECK(read_embedded(kRoutes, [&](const YamlNode& d, Faults& f) { policy.routes = read_routes(d, f); }));
  PLIMSOLL_CHECK(read_embedded(kCves, [&](const YamlNode& d, Faults& f) { policy.cves = read_cves(d, f); }));
  return policy;
}

}  // namespace plimsoll::policy
