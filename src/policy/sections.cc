#include "policy/sections.h"

#include "policy/exception_settings.h"
#include "policy/network_settings.h"
#include "policy/response_settings.h"
#include "policy/scoring_settings.h"
#include "policy/service_settings.h"
#include "policy/update_settings.h"

namespace plimsoll::policy {

void read_sections(const YamlNode& document, const std::string& file, Policy& policy, Faults& faults) {
  read_scoring(document, policy.scoring, faults);
  read_updates(document, policy.updates, faults);
  read_network(document, policy.network, faults);
  read_responses(document, policy.responses, faults);
  read_retention(document, policy.retention, faults);
  read_schedule(document, policy.schedule, faults);
  if (const YamlNode* list = child(document, exceptions_key))
    read_exceptions(*list, file, nullptr, policy.exceptions, faults);
}

}  // namespace plimsoll::policy
