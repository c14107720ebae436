#include "policy/policy.h"

#include <fmt/format.h>

#include "policy/faults.h"
#include "policy/route_file.h"
#include "policy/scoring_settings.h"
#include "policy/tree_image.h"
#include "policy/update_settings.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {
namespace {

constexpr const char* kDefaults = "data/policies/default.yaml";
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
  PLIMSOLL_CHECK(read_embedded(kDefaults, [&](const YamlNode& d, Faults& f) {
    read_scoring(d, policy.scoring, f);
    read_updates(d, policy.updates, f);
  }));
  PLIMSOLL_CHECK(read_embedded(kRoutes, [&](const YamlNode& d, Faults& f) { policy.routes = read_routes(d, f); }));
  PLIMSOLL_CHECK(read_embedded(kCves, [&](const YamlNode& d, Faults& f) { policy.cves = read_cves(d, f); }));
  return policy;
}

Result<Policy> parse_policy(std::string_view text, const std::string& file_name) {
  PLIMSOLL_TRY(policy, default_policy());
  PLIMSOLL_TRY(document, parse_yaml(text, file_name));
  Faults faults(file_name);
  read_scoring(document, policy.scoring, faults);
  read_updates(document, policy.updates, faults);
  if (!faults.empty()) return faults.error();
  return policy;
}

}  // namespace plimsoll::policy
