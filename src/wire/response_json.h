#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/response.h"
#include "wire/json_writer.h"

namespace plimsoll::wire {

// One response, as the privileged side keeps it on disk and tells it to the service, and as the API shows it
// (docs/openapi.yaml, Response). response_from_json(response_to_json(x)) == x. malformed: not one, or larger than
// 1 MiB.
void write_response(JsonWriter& out, const ResponseRecord& record);
std::string response_to_json(const ResponseRecord& record);
Result<ResponseRecord> response_from_json(std::string_view json);

// One action with its settings, as {"action": "block", "port": 22}; those that are at their default are left out.
void write_action(JsonWriter& out, const ResponseAction& action);
// In words: "block port 22 of 10.1.2.3".
std::string describe_action(const ResponseAction& action);
std::string describe_actions(const std::vector<ResponseAction>& actions);  // "alert, pause it"

// A rule, as the API shows it.
void write_rule(JsonWriter& out, const ResponseRule& rule);

// What the service asks of the privileged side; everything in it is looked at again there.
struct ResponseRequest {
  enum class Kind { act, approve, refuse, release, plan } kind = Kind::act;
  uint64_t token = 0;  // plan: comes back with the answer
  std::string rule;    // act, plan
  AssetId asset;       // act, plan
  std::string id;      // approve, refuse, release: of the response
  std::string actor, why;
  bool operator==(const ResponseRequest&) const = default;
};
std::string request_to_json(const ResponseRequest& request);
Result<ResponseRequest> request_from_json(std::string_view json);

// The answer to `plan`: what would be done, or why not.
struct PlanAnswer {
  uint64_t token = 0;
  std::string fault;  // empty: `plan` holds
  ResponseRecord plan;
  bool operator==(const PlanAnswer&) const = default;
};
std::string answer_to_json(const PlanAnswer& answer);
Result<PlanAnswer> answer_from_json(std::string_view json);

}  // namespace plimsoll::wire
