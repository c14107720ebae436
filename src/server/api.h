#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/sandbox.h"
#include "notify/settings.h"
#include "server/answer_cache.h"
#include "server/auth.h"
#include "server/event_tail.h"
#include "server/http.h"
#include "server/page.h"
#include "server/policy_in_force.h"
#include "server/request_text.h"
#include "server/response.h"
#include "server/response_desk.h"
#include "server/routes.h"
#include "server/world.h"

namespace plimsoll::server {

// What a handler is given: the request with its texts taken apart, and who sent it.
struct Call {
  const Request& request;
  Query query;
  std::map<std::string, std::string, std::less<>> parameters;  // of the path
  Principal who;
  Instant now{};

  const std::string& parameter(std::string_view name) const { return parameters.find(name)->second; }
  // A parameter of the query; empty when it is not there.
  std::string_view asked(std::string_view name) const;
};

class Messenger;
class PolicyDesk;
class PreparedGraph;
class Reporter;
class SignOnDesk;

// What the API stands on; all outlive it.
struct ApiGround {
  journal::Journal& journal;
  World& world;
  std::vector<std::string> hosts;  // names and addresses under which it may be called (Host header)
  std::function<bool()> ask_for_scan = {};
  std::function<bool(const AssetId&)> ask_for_scan_of = {};
  std::function<bool()> ask_for_update = {};  // of the threat database
  std::function<void()> judge_anew = {};      // what is stored, by the exceptions and networks of now
  std::function<HttpCounts()> counts = {};
  std::vector<SandboxLayer> confinement = {};  // of the process that speaks HTTP
  const PolicyInForce* policy = nullptr;       // null: the constants of a program without files, no rules
  std::function<Instant()> now = {};
  std::function<int64_t()> steady_now = {};  // seconds
  Messenger* messenger = nullptr;            // none: nothing leaves this machine
  Reporter* reporter = nullptr;              // likewise
  SignOnDesk* sign_on = nullptr;             // none: by pass phrase alone
  const notify::Settings* settings = nullptr;
  ResponseDesk* responses = nullptr;
  PolicyDesk* policies = nullptr;
  const PreparedGraph* prepared_graph = nullptr;  // null: every graph is worked out when it is asked for
  std::vector<PageFile> page = {};                // what is served beside the API
};

// The HTTP API: routes.cc says what there is, docs/openapi.yaml what it means. Thread-safe.
class Api {
 public:
  explicit Api(ApiGround ground)
      : ground_(std::move(ground)), auth_(ground_.journal), tail_(ground_.journal), page_(ground_.page) {}

  // Never throws; everything that goes wrong is a problem (RFC 9457).
  Response handle(const Request& request);

  const ApiGround& ground() const { return ground_; }
  // What is judged by at this moment.
  std::shared_ptr<const InForce> in_force() const {
    return ground_.policy != nullptr ? ground_.policy->now() : std::make_shared<const InForce>();
  }
  journal::Journal& journal() { return ground_.journal; }
  Auth& auth() { return auth_; }
  EventTail& tail() { return tail_; }
  // What is in force on assets, or waits for approval.
  OpenResponses open_responses() const { return ground_.responses ? ground_.responses->open() : OpenResponses(); }
  // The last report without its assets and flows, read once for as long as there is none newer. unreachable: there is
  // none yet.
  Result<std::shared_ptr<const Report>> overview();
  // Journals what a person did. `body` is one JSON object.
  Status tell(const std::string& kind, const std::string& actor, const std::string& body);

 private:
  Response dispatch(const Request& request);
  Response serve(const Route& route, Call& call);
  // What the route answers, or has just answered.
  Response answer(const Route& route, Call& call);

  ApiGround ground_;
  Auth auth_;
  EventTail tail_;
  Page page_;
  AnswerCache answers_;
  std::mutex mutex_;
  std::shared_ptr<const Report> overview_;  // guarded by mutex_
  uint64_t overview_of_ = 0;                // World::shown() when it was read; guarded by mutex_
};

}  // namespace plimsoll::server
