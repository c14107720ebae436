#pragma once
#include <functional>
#include <string>
#include <vector>

#include "model/response.h"
#include "model/wan.h"
#include "respond/captures.h"
#include "respond/cut.h"
#include "respond/ruleset.h"
#include "respond/target.h"

namespace plimsoll::respond {

// What actions need beside the container.
struct ActorGround {
  const system::Machine& machine;
  WanPolicy wan;
  // Cuts of other steps that are in force in that network namespace.
  std::function<std::vector<Cut>(uint64_t inode, const std::string& except)> cuts_in;
  std::function<std::string(const std::string& id)> evidence_directory;
  std::function<Status(const ResponseRecord& record, const ResponseAction& action)> alert;
  std::function<void()> scan;
};

// Does, verifies and undoes single steps. Each call may be made again after a crash: what is so already stays so.
class Actor {
 public:
  Actor(ActorGround ground, Captures& captures) : ground_(std::move(ground)), captures_(captures) {}

  // What is outside from now on: what is cut off already is cut by it with the next look.
  void set_wan(WanPolicy wan) { ground_.wan = std::move(wan); }

  // Fills in the words of the step, and what undoing it will need. Changes nothing.
  Status prepare(ResponseStep& step, const Target& target) const;
  Status apply(const ResponseRecord& record, size_t step, const Target& target);
  // That it took effect, looked at by itself: what was seen. An error: it did not.
  Result<std::string> verify(const ResponseRecord& record, size_t step, const Target& target);
  Status undo(const ResponseRecord& record, size_t step, const Target& target);
  // Whether a verified step is still in force. conflict: somebody else undid it, and their word stands; not_found: it
  // must be applied again (a new network namespace, rules that were taken away).
  Status still_there(const ResponseRecord& record, size_t step, const Target& target);

  static std::string cut_id(const ResponseRecord& record, size_t step);
  // In force until it is undone; others are done when they are done.
  static bool lasts(ActionKind kind);
  // What it did is not undone when it is over: nothing of it lasts, or its engine cannot.
  static bool stays(const ResponseStep& step);

 private:
  std::vector<Cut> with_others(const ResponseRecord& record, size_t step, uint64_t inode) const;
  Status apply_cut(const ResponseRecord& record, size_t step, const Target& target);
  Result<std::string> verify_cut(const ResponseRecord& record, size_t step, const Target& target);
  Status undo_cut(const ResponseRecord& record, size_t step, const Target& target);
  Status cut_still_there(const ResponseRecord& record, size_t step, const Target& target);
  Status disconnect(const ResponseStep& step, const Target& target);
  Status connect_again(const ResponseStep& step, const Target& target);
  Status restart(const ResponseStep& step, const Target& target);
  Status begin_capture(const ResponseRecord& record, size_t step, const Target& target);
  std::string capture_file(const ResponseRecord& record, size_t step) const;

  ActorGround ground_;
  Captures& captures_;
  ExpectedListings expected_;
};

}  // namespace plimsoll::respond
