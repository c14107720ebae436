#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assess/response_match.h"
#include "journal/journal.h"
#include "model/response.h"
#include "server/awaited.h"
#include "wire/response_json.h"

namespace plimsoll::server {

using OpenResponses = std::map<AssetId, std::vector<ResponseRecord>>;

// The service's side of responses: which rules fire, what the process with the rights has said it did, and what people
// ask of it. It changes nothing itself, and what it asks for is looked at again over there. Thread-safe.
class ResponseDesk {
 public:
  struct Ground {
    journal::Journal& journal;
    ResponsePolicy policy;  // that is in force first
    bool acts = false;      // there is somebody who does what is asked
    std::function<bool(const wire::ResponseRequest&)> say;
    std::function<Instant()> now;
    // Tells receivers (names; empty: all). `id`: the same when it is told again after a crash.
    std::function<void(const std::string& id, const std::vector<std::string>& receivers, const ResponseRecord& about)>
        alert;
  };
  // Reads from the journal which changes it has already.
  explicit ResponseDesk(Ground ground);

  // A judged world: asks for what rules want done, and journals what those that only observe would do.
  void judge(const Report& report);

  // What the other process says.
  void take(const ResponseRecord& record);
  void take(wire::PlanAnswer answer);

  // Grows with each change of a response.
  uint64_t version() const { return version_; }

  // For people.
  std::vector<ResponseRecord> list() const;  // newest first
  std::optional<ResponseRecord> find(const std::string& id) const;
  // What is in force or waits, by asset.
  OpenResponses open() const;
  // not_found; conflict: it is not (or no longer) in a phase for that; unreachable: nobody does what is asked.
  Status decide(wire::ResponseRequest::Kind what, const std::string& id, const std::string& actor);
  // What a rule would do to an asset. timeout: no answer within 10 s.
  Result<ResponseRecord> dry_run(const std::string& rule, const AssetId& asset);
  // The rules in force, as they are now.
  std::shared_ptr<const ResponsePolicy> policy() const;
  void replace_policy(ResponsePolicy policy);
  bool acts() const { return ground_.acts; }

 private:
  void tell(const std::string& kind, const std::string& actor, const AssetId& subject, const std::string& body,
            Instant at = {});
  std::set<std::pair<std::string, AssetId>> in_force() const;
  void forget_oldest();  // with mutex_ held

  Ground ground_;
  assess::ResponseMemory memory_;  // of judge() alone, which one thread calls
  mutable std::mutex mutex_;
  std::shared_ptr<const ResponsePolicy> policy_;   // guarded by mutex_
  std::map<std::string, ResponseRecord> records_;  // guarded by mutex_; by id, which sorts by time
  std::map<std::string, size_t> journalled_;       // guarded by mutex_; changes of each that are
  std::atomic<uint64_t> version_{0};
  Awaited<wire::PlanAnswer> plans_;
};

}  // namespace plimsoll::server
