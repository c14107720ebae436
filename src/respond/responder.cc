// What is asked for: from the request to what is in force. responder_care.cc looks after it.
#include "respond/responder.h"

#include <algorithm>

#include "base/text.h"
#include "runtime/cgroup_names.h"

namespace plimsoll::respond {
namespace {

constexpr size_t most_waiting = 1000;
constexpr size_t most_changes = 200;  // of one record; later ones take the place of the one before
constexpr const char* by_person = "person:root";

std::string own_container_of(const system::Machine& machine) {
  const auto text = machine.read_file("/proc/self/cgroup", size_t{64} << 10);
  const auto container = text.ok() ? runtime::container_of_cgroup_file(*text) : std::nullopt;
  return container ? container->id : "";
}

// 0 where it is the host's, or cannot be told apart from it.
uint64_t own_mounts_of(const system::Machine& machine) {
  const auto own = machine.stat("/proc/self/ns/mnt", true), first = machine.stat("/proc/1/ns/mnt", true);
  return own.ok() && first.ok() && own->inode != first->inode ? own->inode : 0;
}

std::string actor_of(const ResponseRecord& record) { return record.rule.empty() ? by_person : "rule:" + record.rule; }

// Steps that only look and tell may fail: the rest goes on.
bool may_fail(ActionKind kind) { return !changes_something(kind); }

}  // namespace

Result<std::unique_ptr<Responder>> Responder::open(const system::Machine& machine, ResponderSettings settings) {
  PLIMSOLL_TRY(store, Store::open(settings.directory));
  std::unique_ptr<Responder> out(new Responder(machine, std::move(settings), std::move(store)));
  std::vector<std::string> damaged;
  PLIMSOLL_TRY(records, out->store_.load(damaged));
  for (ResponseRecord& record : records) out->records_.emplace(record.id, std::move(record));
  for (const std::string& fault : damaged) out->settings_.complain("a record of a response was put aside: " + fault);
  return out;
}

Responder::Responder(const system::Machine& machine, ResponderSettings settings, Store store)
    : machine_(machine),
      settings_(std::move(settings)),
      store_(std::move(store)),
      targets_(machine, settings_.docker_socket),
      actor_(
          {machine, settings_.wan, [this](uint64_t inode, const std::string& except) { return cuts_in(inode, except); },
           [this](const std::string& id) { return store_.evidence_directory(id); },
           [this](const ResponseRecord& record, const ResponseAction& action) {
             return settings_.alert(record, action);
           },
           [this] { settings_.scan(); }},
          captures_),
      own_container_(own_container_of(machine)),
      own_mounts_(own_mounts_of(machine)) {}

void Responder::replace_policy(ResponsePolicy policy, WanPolicy wan) {
  const std::lock_guard lock(working_);
  settings_.policy = std::move(policy);
  settings_.wan = wan;
  actor_.set_wan(std::move(wan));
}

void Responder::ask(wire::ResponseRequest request, std::function<void(const wire::PlanAnswer&)> answer) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= most_waiting) return;  // whoever asks so much is not well
    jobs_.push_back({std::move(request), std::move(answer)});
  }
  asked_.notify_all();
}

void Responder::stop(bool orderly) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    orderly_ = orderly_ || orderly;
  }
  asked_.notify_all();
}

std::vector<ResponseRecord> Responder::records() const {
  const std::lock_guard lock(working_);
  std::vector<ResponseRecord> out;
  for (const auto& [id, record] : records_) out.push_back(record);
  return out;
}

ResponseRecord* Responder::find(const std::string& id) {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

Surroundings Responder::surroundings() {
  Surroundings out;
  out.protected_labels = settings_.policy.protected_labels;
  out.own_container = own_container_;
  out.own_mounts = own_mounts_;
  out.sharing = [this](uint64_t network, const AssetId& but) { return targets_.sharing(network, but); };
  out.running = [this] { return targets_.running(); };
  for (const auto& [id, record] : records_) out.records.push_back(record);
  return out;
}

Status Responder::keep(const ResponseRecord& record) {
  PLIMSOLL_CHECK(store_.put(record));
  settings_.changed(record);
  return Done{};
}

Status Responder::change(ResponseRecord& record, ResponsePhase phase, const std::string& actor,
                         const std::string& note) {
  record.phase = phase;
  if (record.changes.size() >= most_changes) record.changes.pop_back();
  record.changes.push_back({phase, now(), actor, printable(note, 2000)});
  return keep(record);
}

void Responder::work(Job job) {
  const std::lock_guard lock(working_);
  using Kind = wire::ResponseRequest::Kind;
  switch (job.request.kind) {
    case Kind::act:
      return work_on_rule(job.request);
    case Kind::plan:
      return job.answer(dry_run(job.request));
    default:
      return decide(job.request);
  }
}

// Told, and not kept: nothing was done, and whoever asks much must not fill a disk.
void Responder::refuse(const wire::ResponseRequest& request, const Error& why) {
  // There is one in force, or was a moment ago: that the judging side asks again is how it is meant to be.
  if (why.kind == ErrorKind::conflict || why.kind == ErrorKind::timeout) return;
  ResponseRecord record;
  record.id = new_id(now());
  record.rule = printable(request.rule, 64);
  record.asset = {printable(request.asset.value, 200)};
  record.why = printable(request.why, 500);
  record.phase = ResponsePhase::refused;
  record.changes.push_back({ResponsePhase::refused, now(), "rule:" + record.rule, why.to_string()});
  settings_.changed(record);
}

void Responder::work_on_rule(const wire::ResponseRequest& request) {
  const ResponseRule* rule = settings_.policy.find(request.rule);
  if (rule == nullptr) return refuse(request, {ErrorKind::denied, "there is no such rule in force"});
  const Surroundings around = surroundings();
  if (const Status past = check_past(*rule, request.asset, around.records, now()); !past.ok())
    return refuse(request, past.error());
  const Result<Target> target = targets_.find(request.asset);
  if (!target.ok()) return refuse(request, target.error());
  Result<ResponseRecord> planned = plan(rule, *target, rule->actions, request.why);
  if (!planned.ok()) return refuse(request, planned.error());
  ResponseRecord& record = records_[planned->id] = std::move(*planned);
  if (rule->mode == ResponseMode::ask) {
    record.ask_until = now() + rule->ask_timeout;
    const Status kept = change(record, ResponsePhase::asked, actor_of(record),
                               "waits for a person until " + format_rfc3339(record.ask_until));
    if (!kept.ok()) settings_.complain(kept.error().to_string());
    return;
  }
  if (const Status done = carry_out(record, actor_of(record)); !done.ok()) settings_.complain(done.error().to_string());
}

wire::PlanAnswer Responder::dry_run(const wire::ResponseRequest& request) {
  wire::PlanAnswer out;
  out.token = request.token;
  const ResponseRule* rule = settings_.policy.find(request.rule);
  const Result<Target> target = targets_.find(request.asset);
  if (rule == nullptr || !target.ok()) {
    out.fault = rule == nullptr ? "there is no such rule in force" : target.error().to_string();
    return out;
  }
  Result<ResponseRecord> planned = plan(rule, *target, rule->actions, "a dry run");
  if (planned.ok())
    out.plan = std::move(*planned);
  else
    out.fault = planned.error().to_string();
  return out;
}

Result<ResponseRecord> Responder::plan(const ResponseRule* rule, const Target& target,
                                       std::vector<ResponseAction> actions, const std::string& why) {
  PLIMSOLL_CHECK(check_target(target, actions, rule, surroundings()));
  ResponseRecord out;
  out.id = new_id(now());
  out.asset = target.id;
  out.asset_name = printable(target.state.name, 200);
  out.why = printable(why, 500);
  if (rule != nullptr) {
    out.rule = rule->id;
    out.expires = rule->expires;
    out.on_stop = rule->on_stop;
  }
  for (ResponseAction& action : actions) {
    ResponseStep step;
    step.action = std::move(action);
    PLIMSOLL_CHECK(actor_.prepare(step, target));
    out.steps.push_back(std::move(step));
  }
  out.phase = ResponsePhase::planned;
  return out;
}

Status Responder::carry_out(ResponseRecord& record, const std::string& actor) {
  record.until = record.expires.count() == 0 ? Instant{} : now() + record.expires;
  PLIMSOLL_CHECK(change(record, ResponsePhase::planned, actor, "nothing is done yet"));
  const Result<Target> target = targets_.find(record.asset);
  const Status applied = target.ok() ? apply_all(record, *target) : Status(target.error());
  if (!applied.ok()) {
    give_up(record, actor, applied.error().to_string());
    return Done{};
  }
  PLIMSOLL_CHECK(change(record, ResponsePhase::applied, actor, "not verified yet"));
  if (const Status verified = verify_all(record, *target); !verified.ok()) {
    give_up(record, actor, verified.error().to_string());
    return Done{};
  }
  PLIMSOLL_CHECK(change(record, ResponsePhase::verified, actor, "seen to be in force"));
  finish_if_nothing_lasts(record);
  return Done{};
}

Status Responder::apply_all(ResponseRecord& record, const Target& target) {
  for (size_t i = 0; i < record.steps.size(); ++i) {
    ResponseStep& step = record.steps[i];
    const Status done = actor_.apply(record, i, target);
    step.state = done.ok() ? StepState::applied : StepState::failed;
    step.note = done.ok() ? "" : done.error().to_string();
    if (!done.ok() && !may_fail(step.action.kind)) return Error{done.error().kind, step.what + ": " + step.note};
  }
  return Done{};
}

// What cuts is looked at first: the rest may take its time.
Status Responder::verify_all(ResponseRecord& record, const Target& target) {
  for (const bool urgent : {true, false}) {
    for (size_t i = 0; i < record.steps.size(); ++i) {
      ResponseStep& step = record.steps[i];
      if (changes_something(step.action.kind) != urgent || step.state == StepState::failed) continue;
      const Result<std::string> seen = actor_.verify(record, i, target);
      step.state = seen.ok() ? StepState::verified : StepState::failed;
      step.note = seen.ok() ? *seen : seen.error().to_string();
      if (!seen.ok() && urgent) return Error{seen.error().kind, step.what + ": " + step.note};
    }
  }
  return Done{};
}

void Responder::give_up(ResponseRecord& record, const std::string& actor, const std::string& why) {
  Status kept = change(record, ResponsePhase::undoing, actor, "it had no effect: " + why);
  std::string fault;
  if (kept.ok() && undo_steps(record, fault)) kept = change(record, ResponsePhase::failed, actor, why);
  if (!kept.ok()) settings_.complain(kept.error().to_string());
}

void Responder::decide(const wire::ResponseRequest& request) {
  using Kind = wire::ResponseRequest::Kind;
  ResponseRecord* record = find(request.id);
  if (record == nullptr) return;
  const std::string actor = printable(request.actor, 100);
  if (request.kind == Kind::release) {
    if (record->phase != ResponsePhase::asked && is_open(record->phase)) undo(*record, actor, "released");
    return;
  }
  if (record->phase != ResponsePhase::asked) return;
  Status done = Done{};
  if (request.kind == Kind::refuse) {
    done = change(*record, ResponsePhase::refused, actor, "refused by a person");
  } else {
    // The world may have changed since it was asked for.
    const ResponseRule* rule = settings_.policy.find(record->rule);
    const Result<Target> target = targets_.find(record->asset);
    Status may = target.ok() ? Status(Done{}) : Status(target.error());
    if (rule == nullptr) may = Error{ErrorKind::denied, "its rule is no longer in force"};
    if (may.ok()) may = check_target(*target, rule->actions, rule, surroundings());
    done =
        may.ok() ? carry_out(*record, actor) : change(*record, ResponsePhase::refused, actor, may.error().to_string());
  }
  if (!done.ok()) settings_.complain(done.error().to_string());
}

Result<ResponseRecord> Responder::act_for_person(const std::string& container, std::vector<ResponseAction> actions,
                                                 std::chrono::seconds expires, const std::string& why, bool dry) {
  const std::lock_guard lock(working_);
  PLIMSOLL_TRY(target, targets_.find_by_name(container));
  PLIMSOLL_TRY(planned, plan(nullptr, target, std::move(actions), why));
  planned.expires = expires;
  if (dry) return planned;
  ResponseRecord& record = records_[planned.id] = std::move(planned);
  PLIMSOLL_CHECK(carry_out(record, by_person));
  return record;
}

Result<ResponseRecord> Responder::decide_for_person(const wire::ResponseRequest& request) {
  const std::lock_guard lock(working_);
  const ResponseRecord* record = find(request.id);
  if (record == nullptr) return Error{ErrorKind::not_found, "there is no response " + printable(request.id, 80)};
  const bool release = request.kind == wire::ResponseRequest::Kind::release;
  const bool asked = record->phase == ResponsePhase::asked;
  if (release ? asked || !is_open(record->phase) : !asked)
    return Error{ErrorKind::conflict, "the response is " + std::string(name_of(record->phase)) +
                                          (release ? ", not in force" : ", and waits for nobody")};
  decide(request);
  return *record;
}

}  // namespace plimsoll::respond
