// What is in force: found again after a crash, looked at, and undone on time.
#include <algorithm>

#include "base/text.h"
#include "respond/responder.h"

namespace plimsoll::respond {
namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* by_engine = "respond";
constexpr std::chrono::seconds try_again{5};
constexpr std::chrono::hours trim_every{1};
constexpr std::chrono::days keep_records{90};
constexpr size_t keep_most = 5000;

bool in_force(const ResponseStep& step) {
  return step.state == StepState::applied || step.state == StepState::verified;
}

bool has_expired(const ResponseRecord& record, Instant now) { return record.until != Instant{} && now >= record.until; }

}  // namespace

void Responder::run() {
  recover();
  for (;;) {
    std::optional<Job> job;
    bool orderly = false;
    {
      std::unique_lock lock(mutex_);
      asked_.wait_for(lock, settings_.tick, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) {
        orderly = orderly_;
      } else if (!jobs_.empty()) {
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      if (stopping_ && !orderly) return;
    }
    if (orderly) break;
    if (job) work(std::move(*job));
    const std::lock_guard lock(working_);
    tick();
  }
  const std::lock_guard lock(working_);
  for (auto& [id, record] : records_) {
    if (is_open(record.phase) && record.phase != ResponsePhase::asked && record.on_stop == OnStop::release)
      undo(record, by_engine, "Plimsoll was told to end, and the rule says release");
  }
}

// Nothing that a record does not tell can be in force: it is written first.
void Responder::recover() {
  const std::lock_guard lock(working_);
  for (auto& [id, record] : records_) {
    if (record.phase == ResponsePhase::undoing) {
      undo(record, by_engine, "found half undone");
    } else if (record.phase == ResponsePhase::planned || record.phase == ResponsePhase::applied) {
      if (has_expired(record, now())) {
        undo(record, by_engine, "found half done after its end");
        continue;
      }
      const Result<Target> target = targets_.find(record.asset);
      Status done = target.ok() ? apply_all(record, *target) : Status(target.error());
      if (done.ok()) done = change(record, ResponsePhase::applied, by_engine, "found half done, and done again");
      if (done.ok()) done = verify_all(record, *target);
      if (!done.ok()) {
        give_up(record, by_engine, done.error().to_string());
        continue;
      }
      (void)change(record, ResponsePhase::verified, by_engine, "seen to be in force");
      finish_if_nothing_lasts(record);
    } else if (record.phase == ResponsePhase::verified) {
      look_after(record);
    }
  }
}

void Responder::tick() {
  const bool look = Clock::now() - looked_ >= settings_.look_again;
  if (look) looked_ = Clock::now();
  for (auto& [id, record] : records_) {
    if (!is_open(record.phase)) continue;
    settle_captures(record);
    if (record.phase == ResponsePhase::asked && now() >= record.ask_until) {
      const Status kept = change(record, ResponsePhase::refused, by_engine, "nobody answered in time");
      if (!kept.ok()) settings_.complain(kept.error().to_string());
    } else if (record.phase == ResponsePhase::undoing) {
      if (Clock::now() - tried_[id] >= try_again) undo(record, by_engine, "");
    } else if (record.phase == ResponsePhase::verified && (look || has_expired(record, now()))) {
      look_after(record);
    }
  }
  if (Clock::now() - trimmed_ < trim_every) return;
  trimmed_ = Clock::now();
  std::vector<ResponseRecord> all;
  for (const auto& [id, record] : records_) all.push_back(record);
  for (const std::string& gone : store_.trim(all, now() - keep_records, keep_most)) records_.erase(gone);
}

void Responder::look_after(ResponseRecord& record) {
  if (has_expired(record, now())) {
    undo(record, by_engine, "its time is over");
    return;
  }
  keep_in_force(record);
}

void Responder::keep_in_force(ResponseRecord& record) {
  const Result<Target> target = targets_.find(record.asset);
  if (!target.ok()) {
    // An engine that does not answer says nothing of the container.
    if (target.error().kind == ErrorKind::not_found) undo(record, by_engine, "the container is gone");
    return;
  }
  for (size_t i = 0; i < record.steps.size(); ++i) {
    if (record.steps[i].state != StepState::verified || !Actor::lasts(record.steps[i].action.kind)) continue;
    const Status there = actor_.still_there(record, i, *target);
    if (there.ok()) continue;
    if (there.error().kind == ErrorKind::conflict && !is_cut(record.steps[i].action.kind)) {
      record.steps[i].state = StepState::kept;  // as somebody else left it
      record.steps[i].note = there.error().message;
      (void)change(record, ResponsePhase::verified, by_engine, record.steps[i].what + ": " + there.error().message);
      finish_if_nothing_lasts(record);
      if (!is_open(record.phase)) return;
    } else if (there.error().kind == ErrorKind::not_found) {
      Status done = actor_.apply(record, i, *target);
      const Result<std::string> seen =
          done.ok() ? actor_.verify(record, i, *target) : Result<std::string>(done.error());
      record.steps[i].note = seen.ok() ? *seen : seen.error().to_string();
      (void)change(record, ResponsePhase::verified, by_engine,
                   (seen.ok() ? "put in force again: " : "could not be put in force again: ") + there.error().message);
    }
  }
}

void Responder::settle_captures(ResponseRecord& record) {
  for (size_t i = 0; i < record.steps.size(); ++i) {
    ResponseStep& step = record.steps[i];
    if (step.action.kind != ActionKind::capture || !in_force(step)) continue;
    const std::string file = store_.evidence_directory(record.id) + "/capture-" + std::to_string(i) + ".pcapng";
    if (captures_.is_running(file)) continue;
    const std::string said = captures_.result(file);
    step.state = StepState::kept;
    step.note = said.empty() ? "Plimsoll ended before the capture did" : said;
    if (record.phase != ResponsePhase::verified) continue;
    (void)change(record, record.phase, by_engine, step.note);
    finish_if_nothing_lasts(record);
  }
}

// Nothing to be undone later: what was done was done once.
void Responder::finish_if_nothing_lasts(ResponseRecord& record) {
  const bool goes_on = std::any_of(record.steps.begin(), record.steps.end(), [](const ResponseStep& step) {
    return in_force(step) && (Actor::lasts(step.action.kind) || step.action.kind == ActionKind::capture);
  });
  if (goes_on || record.phase != ResponsePhase::verified) return;
  (void)change(record, ResponsePhase::done, by_engine, "nothing of it goes on");
}

bool Responder::undo(ResponseRecord& record, const std::string& actor, const std::string& why) {
  // When it is tried again, what began it stands there already.
  if (record.phase != ResponsePhase::undoing || !why.empty()) {
    if (const Status kept = change(record, ResponsePhase::undoing, actor, why); !kept.ok()) {
      settings_.complain(kept.error().to_string());
      return false;
    }
  }
  std::string fault;
  if (!undo_steps(record, fault)) {
    tried_[record.id] = Clock::now();
    settings_.complain("the response " + record.id + " could not be undone yet: " + fault);
    return false;
  }
  tried_.erase(record.id);
  const bool failed = std::any_of(record.changes.begin(), record.changes.end(), [](const ResponseChange& c) {
    return c.phase == ResponsePhase::undoing && c.note.starts_with("it had no effect");
  });
  return change(record, failed ? ResponsePhase::failed : ResponsePhase::done, actor, why.empty() ? "undone" : why).ok();
}

bool Responder::undo_steps(ResponseRecord& record, std::string& fault) {
  const Result<Target> target = targets_.find(record.asset);
  if (!target.ok() && target.error().kind != ErrorKind::not_found) {
    fault = target.error().to_string();
    return false;
  }
  bool all = true;
  for (size_t i = record.steps.size(); i-- > 0;) {
    ResponseStep& step = record.steps[i];
    if (step.state == StepState::undone || step.state == StepState::kept) continue;
    const Status done = target.ok() ? actor_.undo(record, i, *target) : Status(Done{});
    if (done.ok()) {
      step.state = Actor::stays(step) ? StepState::kept : StepState::undone;
      continue;
    }
    step.note = fault = step.what + ": " + done.error().to_string();
    all = false;
  }
  return all;
}

std::vector<Cut> Responder::cuts_in(uint64_t inode, const std::string& except) {
  std::vector<Cut> out;
  std::map<AssetId, uint64_t> inodes;
  for (const auto& [id, record] : records_) {
    if (!is_open(record.phase)) continue;
    for (size_t i = 0; i < record.steps.size(); ++i) {
      const ResponseStep& step = record.steps[i];
      if (!is_cut(step.action.kind) || !in_force(step) || Actor::cut_id(record, i) == except) continue;
      if (!inodes.contains(record.asset)) {
        const Result<Target> target = targets_.find(record.asset);
        const auto where = target.ok() ? network_of(*target) : Result<network::NameSpace>(target.error());
        inodes[record.asset] = where.ok() ? where->inode : 0;
      }
      if (inodes[record.asset] == inode) out.push_back({Actor::cut_id(record, i), step.action});
    }
  }
  return out;
}

}  // namespace plimsoll::respond
