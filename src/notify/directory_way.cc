#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "notify/ways.h"

namespace plimsoll::notify {
namespace {

// A name that stays in its directory.
bool is_file_name(const std::string& name) {
  constexpr size_t longest = 200;
  return !name.empty() && name.size() <= longest && name.front() != '.' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
             std::string::npos;
}

class DirectoryWay : public Delivery {
 public:
  explicit DirectoryWay(std::string path) : path_(std::move(path)) {}

  Outcome deliver(const Message& message) override {
    const bool report = message.attachment && is_file_name(message.attachment->name);
    const std::string name = report ? message.attachment->name : message.id + ".json";
    const std::string bytes = report ? message.attachment->bytes : message_to_json(message) + "\n";
    const Status written = write_file_atomically(path_ + "/" + name, bytes, 0640);
    if (written.ok()) return {Outcome::Kind::delivered, "", {}};
    return {Outcome::Kind::later, written.error().to_string(), {}};
  }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<Delivery> make_directory_way(const Receiver& receiver) {
  return std::make_unique<DirectoryWay>(receiver.path);
}

}  // namespace plimsoll::notify
