#include "server/response_desk.h"

#include <simdjson.h>

#include "base/text.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

constexpr size_t most_records = 2000, most_events_read = 20'000;

// Which change of which response an event tells; nothing for other events.
std::optional<std::pair<std::string, size_t>> change_of(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view id;
  uint64_t number = 0;
  if (parser.parse(body).get(root) != simdjson::SUCCESS || root["response"].get(id) != simdjson::SUCCESS ||
      root["change"].get(number) != simdjson::SUCCESS)
    return std::nullopt;
  return std::pair{std::string(id), static_cast<size_t>(number)};
}

// What the journal says of one change: the plan with it, what verifying saw, how it is undone.
std::string body_of(const ResponseRecord& record, size_t number, const ResponseChange& change) {
  wire::JsonWriter out;
  out.begin_object().member("response", record.id).member("change", number).member("rule", record.rule);
  out.member("name", record.asset_name).member("why", record.why).member("note", change.note).key("until");
  wire::write_instant(out, record.until);
  out.key("steps").begin_array();
  for (const ResponseStep& step : record.steps) {
    out.begin_object().member("what", step.what).member("undo", step.undo).member("state", name_of(step.state));
    out.member("note", step.note).end_object();
  }
  out.end_array().end_object();
  return std::move(out).take();
}

std::string body_of(const assess::ResponseProposal& proposal, const ResponseRule& rule) {
  wire::JsonWriter out;
  out.begin_object().member("rule", proposal.rule).member("name", proposal.asset_name).member("why", proposal.why);
  out.key("steps").begin_array();
  for (const ResponseAction& action : rule.actions)
    out.begin_object().member("what", wire::describe_action(action)).end_object();
  out.end_array().end_object();
  return std::move(out).take();
}

// Changes that people are alerted of: it waits for them, it is in force, it failed, it is over.
bool is_news(const ResponseRecord& record, size_t number) {
  const ResponsePhase phase = record.changes[number].phase;
  const bool begins = number == 0 || record.changes[number - 1].phase != phase;
  return begins && (phase == ResponsePhase::asked || phase == ResponsePhase::verified ||
                    phase == ResponsePhase::failed || phase == ResponsePhase::done);
}

}  // namespace

ResponseDesk::ResponseDesk(Ground ground)
    : ground_(std::move(ground)), policy_(std::make_shared<const ResponsePolicy>(ground_.policy)) {
  journal::EventQuery query;
  query.newest_first = true;
  query.kind = "response.";
  query.limit = journal::max_page;
  for (size_t read = 0; read < most_events_read; read += query.limit) {
    const auto events = ground_.journal.events(query);
    if (!events.ok() || events->empty()) return;
    for (const journal::Event& event : *events) {
      const auto change = change_of(event.body);
      if (!change) continue;
      size_t& known = journalled_[change->first];
      known = std::max(known, change->second);
    }
    query.after = events->back().sequence;
  }
}

std::shared_ptr<const ResponsePolicy> ResponseDesk::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

void ResponseDesk::replace_policy(ResponsePolicy policy) {
  auto shared = std::make_shared<const ResponsePolicy>(std::move(policy));
  const std::lock_guard lock(mutex_);
  policy_.swap(shared);
}

void ResponseDesk::tell(const std::string& kind, const std::string& actor, const AssetId& subject,
                        const std::string& body, Instant at) {
  journal::NewEvent event;
  event.kind = kind;
  event.actor = actor.empty() ? "respond" : actor;
  event.subject = subject;
  event.body = body;
  event.at = at == Instant{} ? ground_.now() : at;
  (void)ground_.journal.append({event});  // health() tells when it takes no writes
}

std::set<std::pair<std::string, AssetId>> ResponseDesk::in_force() const {
  const std::lock_guard lock(mutex_);
  std::set<std::pair<std::string, AssetId>> out;
  for (const auto& [id, record] : records_) {
    if (is_open(record.phase)) out.emplace(record.rule, record.asset);
  }
  return out;
}

// Asked for before anything is journalled: what is to be cut should not wait for a disk.
void ResponseDesk::judge(const Report& report) {
  const std::shared_ptr<const ResponsePolicy> policy = this->policy();
  const assess::ResponseDecision decision =
      assess::decide_responses(report, *policy, in_force(), memory_, ground_.now());
  for (const assess::ResponseProposal& proposal : decision.proposals) {
    if (!ground_.acts || proposal.mode == ResponseMode::observe) continue;
    ground_.say({wire::ResponseRequest::Kind::act,
                 0,
                 proposal.rule,
                 proposal.asset,
                 {},
                 "rule:" + proposal.rule,
                 proposal.why});
  }
  for (const assess::ResponseProposal& proposal : decision.proposals) {
    const ResponseRule* rule = policy->find(proposal.rule);
    if (rule != nullptr && (!ground_.acts || proposal.mode == ResponseMode::observe))
      tell("response.would", "rule:" + proposal.rule, proposal.asset, body_of(proposal, *rule));
  }
  for (const assess::HeldBack& held : decision.held_back) {
    wire::JsonWriter body;
    body.begin_object().member("rule", held.rule).member("why", held.why).member("assets", held.assets.size());
    body.end_object();
    tell("response.held", "rule:" + held.rule, {}, std::move(body).take());
    ResponseRecord about;
    about.rule = held.rule;
    about.why = "held back: the rule " + held.why;
    ground_.alert("held-" + held.rule + "-" + std::to_string(ground_.now().time_since_epoch().count()), {}, about);
  }
}

void ResponseDesk::take(const ResponseRecord& record) {
  size_t known = 0;
  {
    const std::lock_guard lock(mutex_);
    known = journalled_[record.id];
    journalled_[record.id] = std::max(known, record.changes.size());
    // What was refused at once was never kept over there, and is in the journal alone.
    if (!record.steps.empty()) records_[record.id] = record;
    ++version_;
    forget_oldest();
  }
  for (size_t i = known; i < record.changes.size(); ++i) {
    const ResponseChange& change = record.changes[i];
    // Told before it is journalled, so that a crash in between tells it again, with the same id.
    if (is_news(record, i)) {
      for (const ResponseStep& step : record.steps) {
        if (step.action.kind == ActionKind::alert)
          ground_.alert(record.id + "-" + std::to_string(i + 1), step.action.receivers, record);
      }
    }
    tell("response." + std::string(name_of(change.phase)), change.actor, record.asset, body_of(record, i + 1, change),
         change.at);
  }
}

void ResponseDesk::take(wire::PlanAnswer answer) {
  const uint64_t token = answer.token;
  plans_.take(token, std::move(answer));
}

// Never one that is in force: people must see it to release it.
void ResponseDesk::forget_oldest() {
  for (auto record = records_.begin(); records_.size() > most_records && record != records_.end();) {
    if (is_open(record->second.phase))
      ++record;
    else
      record = records_.erase(record);
  }
}

std::vector<ResponseRecord> ResponseDesk::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<ResponseRecord> out;
  for (auto record = records_.rbegin(); record != records_.rend(); ++record) out.push_back(record->second);
  return out;
}

std::optional<ResponseRecord> ResponseDesk::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  return found == records_.end() ? std::nullopt : std::optional(found->second);
}

OpenResponses ResponseDesk::open() const {
  const std::lock_guard lock(mutex_);
  OpenResponses out;
  for (const auto& [id, record] : records_) {
    if (is_open(record.phase)) out[record.asset].push_back(record);
  }
  return out;
}

Status ResponseDesk::decide(wire::ResponseRequest::Kind what, const std::string& id, const std::string& actor) {
  const std::optional<ResponseRecord> record = find(id);
  if (!record) return Error{ErrorKind::not_found, "there is no such response"};
  const bool release = what == wire::ResponseRequest::Kind::release;
  const bool asked = record->phase == ResponsePhase::asked;
  if (release ? asked || !is_open(record->phase) : !asked)
    return Error{ErrorKind::conflict, "the response is " + std::string(name_of(record->phase)) +
                                          (release ? ", not in force" : ", and waits for nobody")};
  if (ground_.acts && ground_.say({what, 0, {}, {}, id, actor, {}})) return Done{};
  return Error{ErrorKind::unreachable, "the process that acts does not answer"};
}

Result<ResponseRecord> ResponseDesk::dry_run(const std::string& rule, const AssetId& asset) {
  if (policy()->find(rule) == nullptr) return Error{ErrorKind::not_found, "there is no such rule"};
  PLIMSOLL_TRY(answer, plans_.ask([&](uint64_t token) {
    return ground_.acts && ground_.say({wire::ResponseRequest::Kind::plan, token, rule, asset, {}, {}, {}});
  }));
  if (!answer.fault.empty()) return Error{ErrorKind::conflict, "it would not be done: " + answer.fault};
  return std::move(answer.plan);
}

}  // namespace plimsoll::server
