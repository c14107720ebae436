#pragma once
#include <memory>
#include <string>
#include <thread>

#include "base/result.h"
#include "respond/responder.h"
#include "system/descriptor.h"

namespace plimsoll::respond {

// What `plimsoll respond` asks of the engine that runs, over a socket in its directory that only root, or whoever runs
// the engine, may connect to: one line there, one line back.
//   decide REQUEST            a wire::ResponseRequest: approve, refuse, release
//   run RECORD | dry RECORD   the container's name as asset_name, the actions as steps, expires and why
// The answer: "ok RECORD", or "no MESSAGE".
class Control {
 public:
  static Result<std::unique_ptr<Control>> open(const std::string& directory, Responder& responder);
  ~Control();

 private:
  Control(system::Descriptor listener, system::Descriptor end, std::string path, Responder& responder);
  void live();
  void serve(int socket);

  system::Descriptor listener_, end_;  // end_: readable when it is over
  std::string path_;
  Responder& responder_;
  std::thread thread_;
};

// The client's side. not_found: no engine runs there.
Result<ResponseRecord> ask_engine(const std::string& directory, const std::string& line);

// What one line of the client comes to; pure but for the engine it asks.
std::string control_answer(std::string_view line, Responder& responder);

}  // namespace plimsoll::respond
