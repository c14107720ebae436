#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/explain.h"
#include "policy/faults.h"
#include "policy/policy.h"
#include "policy/route_file.h"
#include "yaml/yaml_tree.h"

// A user's policy file, and the same bytes as a routes file and a CVE file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  using namespace plimsoll::policy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = plimsoll::parse_yaml(text, "fuzz.yaml");
  if (!document.ok()) {
    if (document.error().message.find("fuzz.yaml:") != 0) std::abort();  // every refusal names its place
    return 0;
  }
  const auto policy = parse_policy(text, "fuzz.yaml");
  if (!policy.ok() && policy.error().message.find("fuzz.yaml:") != 0) std::abort();
  if (policy.ok() && !(policy->scoring.likelihood_unknown >= 0 && policy->scoring.likelihood_unknown <= 1))
    std::abort();
  if (policy.ok()) {
    Asset asset;
    asset.name = "web";
    for (const ExplainedSetting& setting : explain(*policy, asset).settings) {
      if (setting.line < 1) std::abort();
    }
  }
  Faults routes("fuzz.yaml"), cves("fuzz.yaml");
  (void)read_routes(*document, routes);
  (void)read_cves(*document, cves);
  return 0;
}
