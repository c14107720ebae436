#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "model/response.h"
#include "respond/actor.h"
#include "respond/captures.h"
#include "respond/guard.h"
#include "respond/store.h"
#include "respond/target.h"
#include "wire/response_json.h"

namespace plimsoll::respond {

struct ResponderSettings {
  std::string directory;  // of records and evidence; default_directory()
  ResponsePolicy policy;
  WanPolicy wan;
  std::string docker_socket = "/var/run/docker.sock";
  // Each change of a response, after it is on disk; also those that were refused and so never got there.
  std::function<void(const ResponseRecord&)> changed;
  std::function<void(const std::string& complaint)> complain;
  std::function<Status(const ResponseRecord&, const ResponseAction&)> alert;
  std::function<void()> scan;
  std::chrono::milliseconds tick{500};
  std::chrono::seconds look_again{2};  // whether what is in force still is
};

// The automated response engine [142]: plan -> apply -> verify -> undo. Every step is on disk before it is done; what a
// crash left is found again by open() and brought to its end. One thread, in run(), does everything; the others only
// ask. It runs where the rights are and believes nobody: whoever asks, the rules in force, their limits and what
// protects a container are looked at here.
class Responder {
 public:
  // conflict: another process has the directory.
  static Result<std::unique_ptr<Responder>> open(const system::Machine& machine, ResponderSettings settings);

  // Until stop(). Takes up what was in force first.
  void run();
  // From any thread. `orderly`: responses that say so are released first.
  void stop(bool orderly);
  // From any thread: these rules and networks are in force from now on.
  void replace_policy(ResponsePolicy policy, WanPolicy wan);
  void ask(wire::ResponseRequest request, std::function<void(const wire::PlanAnswer&)> answer = {});

  // A person with all rights, here: what they want is planned, and done unless `dry`. The record.
  Result<ResponseRecord> act_for_person(const std::string& container, std::vector<ResponseAction> actions,
                                        std::chrono::seconds expires, const std::string& why, bool dry);
  // What they say of a response: approve, refuse, release. not_found; conflict: it is in no phase for that. What it is
  // then.
  Result<ResponseRecord> decide_for_person(const wire::ResponseRequest& request);
  std::vector<ResponseRecord> records() const;
  // What was in force and is found again, without waiting for run().
  void recover();

 private:
  struct Job {
    wire::ResponseRequest request;
    std::function<void(const wire::PlanAnswer&)> answer;
  };

  Responder(const system::Machine& machine, ResponderSettings settings, Store store);
  Instant now() const { return machine_.now(); }

  void work(Job job);
  void work_on_rule(const wire::ResponseRequest& request);
  wire::PlanAnswer dry_run(const wire::ResponseRequest& request);
  void decide(const wire::ResponseRequest& request);

  Result<ResponseRecord> plan(const ResponseRule* rule, const Target& target, std::vector<ResponseAction> actions,
                              const std::string& why);
  Status carry_out(ResponseRecord& record, const std::string& actor);
  Status apply_all(ResponseRecord& record, const Target& target);
  Status verify_all(ResponseRecord& record, const Target& target);
  void give_up(ResponseRecord& record, const std::string& actor, const std::string& why);
  // True: it is over.
  bool undo(ResponseRecord& record, const std::string& actor, const std::string& why);
  bool undo_steps(ResponseRecord& record, std::string& fault);

  void tick();
  void look_after(ResponseRecord& record);
  void keep_in_force(ResponseRecord& record);
  void settle_captures(ResponseRecord& record);
  void finish_if_nothing_lasts(ResponseRecord& record);

  std::vector<Cut> cuts_in(uint64_t inode, const std::string& except);
  Surroundings surroundings();
  Status change(ResponseRecord& record, ResponsePhase phase, const std::string& actor, const std::string& note);
  Status keep(const ResponseRecord& record);  // on disk, then told
  ResponseRecord* find(const std::string& id);
  void refuse(const wire::ResponseRequest& request, const Error& why);

  const system::Machine& machine_;
  ResponderSettings settings_;
  Store store_;
  Targets targets_;
  Captures captures_;
  Actor actor_;
  std::string own_container_;
  uint64_t own_mounts_ = 0;
  std::chrono::steady_clock::time_point looked_{}, trimmed_{};
  std::map<std::string, std::chrono::steady_clock::time_point> tried_;  // undoing that failed, by id

  mutable std::mutex working_;                     // one thing at a time; guards all above but settings
  std::map<std::string, ResponseRecord> records_;  // guarded by working_

  std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<Job> jobs_;                     // guarded by mutex_
  bool stopping_ = false, orderly_ = false;  // guarded by mutex_
};

}  // namespace plimsoll::respond
