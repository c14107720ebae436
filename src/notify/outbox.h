#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "notify/message.h"

namespace plimsoll::notify {

// What is to be told and has not arrived yet, on disk: a directory with one file for each message and receiver, so that
// what was accepted survives kill -9, and a receiver that is away holds up nobody else. Delivered at least once: a
// message that was on its way when the program ended is sent again, with the same id. Thread-safe.
class Outbox {
 public:
  struct Bounds {
    size_t messages = 10'000;              // waiting for one receiver
    uint64_t bytes = uint64_t{256} << 20;  // of all receivers together
  };

  // Reads what waits in `directory`, which must be there and be the caller's own; files that are not of ours are left
  // alone.
  static Result<std::unique_ptr<Outbox>> open(const std::string& directory, Bounds bounds);

  // On disk (fsync) for each of `receivers` (names of the settings) when it returns. Gives the message an id if it has
  // none, and returns it. The same id to the same receiver again is the same message: accepted, kept once.
  // limit: too much waits for one of them; the others have it all the same. malformed: a receiver's name is none.
  Result<std::string> post(const std::vector<std::string>& receivers, Message message);

  // The file of the one that waits longest for this receiver; nothing when none does.
  std::optional<std::string> next_file(const std::string& receiver) const;
  // malformed: the file was damaged.
  Result<Message> read(const std::string& file) const;
  // It arrived, or is given up.
  Status remove(const std::string& receiver, const std::string& file);

  size_t waiting(const std::string& receiver) const;
  std::vector<std::string> receivers_waited_for() const;
  uint64_t refused() const;  // posts that met a bound, since the start

 private:
  Outbox(std::string directory, Bounds bounds) : directory_(std::move(directory)), bounds_(bounds) {}
  Status read_directory();
  Status put(const std::string& receiver, const Message& message, const std::string& json);

  std::string directory_;
  Bounds bounds_;
  mutable std::mutex mutex_;
  // All guarded by mutex_. Names of files in the order in which they came: they begin with a number.
  std::map<std::string, std::set<std::string>, std::less<>> files_;
  std::map<std::string, uint64_t, std::less<>> sizes_;
  uint64_t bytes_ = 0, number_ = 0, refused_ = 0;
};

// The name of a receiver, stream or schedule: 1 to 40 of a-z, 0-9, '-' and '_', beginning with a letter.
bool is_name(std::string_view name);

}  // namespace plimsoll::notify
