#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/policy_in_force.h"
#include "system/descriptor.h"

namespace plimsoll::server {

// What the process with the probe's rights and the one that speaks HTTP say to each other over a socket pair: the types
// of their frames (frames.h).
enum class Say : uint32_t {
  // from the probe
  facts = 1,           // a recording (wire/recording.h): everything there is on this machine
  step = 2,            // how far the scan is: Step; empty: nothing is done
  failed = 3,          // why the last scan did not come to an end
  update_step = 4,     // how far the update of the threat database is: Step
  updated = 5,         // it ended; the payload says why it failed, or is empty
  changes = 6,         // as facts, without the assets that are as they were: their ids stand first (wire of serve.cc)
  response = 7,        // a response as it is now (wire/response_json.h)
  plan = 8,            // the answer to a dry run
  policy = 9,          // policy files that changed and are well: all of them
  policy_fault = 10,   // why those on disk are not in force
  policy_answer = 11,  // the answer to ask_policy (policy_messages.h)
  // to the probe, which takes no more than `most_request` bytes from there
  scan_now = 16,         // everything; no payload
  scan_asset = 17,       // one asset, by its id, which is compared with those the probe knows and nothing else
  update_database = 18,  // no payload
  respond = 19,          // a ResponseRequest (wire/response_json.h): everything in it is looked at again there
  ask_policy = 20,       // a PolicyRequest (policy_messages.h), likewise; the one that may be longer
};
struct Message {
  Say type = Say::step;
  std::string payload;
};

class Channel {
 public:
  explicit Channel(system::Descriptor socket) : socket_(std::move(socket)) {}
  struct Pair;
  // unreachable: the kernel gives none.
  static Result<Pair> make_pair();

  // unreachable: the other end is gone. One thread at a time.
  Status send(Say type, std::string_view payload = {});
  // Waits for the next one. `most` bounds the payload: small for what comes from the less trusted end. not_found: the
  // other end is gone; malformed or limit: it says what it must not.
  Result<Message> receive(uint64_t most);
  int descriptor() const { return socket_.get(); }
  // Ends what waits in receive(), at both ends.
  void close();

 private:
  system::Descriptor socket_;
};
struct Channel::Pair {
  Channel probe, server;
};

inline constexpr uint64_t most_facts = uint64_t{1} << 30;
inline constexpr uint64_t most_request = uint64_t{16} << 10;  // to the probe
inline constexpr uint64_t most_asked = 300;                   // likewise, the id of an asset

// How far something is, as the payload of a message: "DONE TOTAL WHAT".
struct Step {
  std::string what;
  uint64_t done = 0, total = 0;  // total 0: not known
};
std::string to_payload(const Step& step);
Step step_of(std::string_view payload);  // what is no step is one that says it

// The payload of `policy`: of each file "NAME_BYTES TEXT_BYTES\n", its name, its text.
std::string to_payload(const PolicyFiles& files);
Result<PolicyFiles> policy_files_of(std::string_view payload);  // malformed: it is none

// The payload of `changes`: ids of the assets that are as they were, a line each, an empty line, a recording.
struct Delta {
  std::vector<std::string> unchanged;
  std::string_view recording;
};
std::string to_payload(const std::vector<std::string>& unchanged, std::string_view recording);
Result<Delta> delta_of(std::string_view payload);  // points into it; malformed: it is none

}  // namespace plimsoll::server
