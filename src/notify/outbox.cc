// Files are called NUMBER.RECEIVER.ID: twenty digits, so that names sort as they came; no part of them holds a dot.
#include "notify/outbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/file.h"
#include "base/text.h"
#include "system/errno_error.h"
#include "system/sync_directory.h"

namespace plimsoll::notify {
namespace {

constexpr size_t digits = 20;

std::string file_name(uint64_t number, const std::string& receiver, const std::string& id) {
  std::string text = std::to_string(number);
  return std::string(digits - text.size(), '0') + text + "." + receiver + "." + id;
}

struct Parts {
  uint64_t number = 0;
  std::string_view receiver, id;
};

std::optional<Parts> parts_of(std::string_view file) {
  const auto parts = split(file, '.');
  if (parts.size() != 3 || parts[0].size() != digits || !is_name(parts[1]) || parts[2].size() != 32)
    return std::nullopt;
  const auto number = parse_uint(parts[0]);
  if (!number) return std::nullopt;
  return Parts{*number, parts[1], parts[2]};
}

}  // namespace

bool is_name(std::string_view name) {
  constexpr size_t longest = 40;
  return !name.empty() && name.size() <= longest && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
}

Result<std::unique_ptr<Outbox>> Outbox::open(const std::string& directory, Bounds bounds) {
  std::unique_ptr<Outbox> out(new Outbox(directory, bounds));
  PLIMSOLL_CHECK(out->read_directory());
  return out;
}

Status Outbox::read_directory() {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory_.c_str()), &::closedir);
  if (!listing) return system::errno_error(errno, "read the directory", directory_);
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string name = entry->d_name;
    const auto parts = parts_of(name);
    struct stat status{};
    if (!parts || ::fstatat(::dirfd(listing.get()), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode))
      continue;
    number_ = std::max(number_, parts->number);
    files_[std::string(parts->receiver)].insert(name);
    sizes_[name] = static_cast<uint64_t>(status.st_size);
    bytes_ += static_cast<uint64_t>(status.st_size);
  }
  return Done{};
}

Result<std::string> Outbox::post(const std::vector<std::string>& receivers, Message message) {
  for (const std::string& receiver : receivers) {
    if (!is_name(receiver))
      return Error{ErrorKind::malformed, "not the name of a receiver: " + printable(receiver, 60)};
  }
  if (message.id.empty()) {
    PLIMSOLL_TRY(id, new_message_id());
    message.id = std::move(id);
  }
  const std::string json = message_to_json(message);
  if (json.size() > most_message_bytes) return Error{ErrorKind::limit, "a message that is too long"};
  const std::lock_guard lock(mutex_);
  std::optional<Error> fault;
  for (const std::string& receiver : receivers) {
    if (Status put_down = put(receiver, message, json); !put_down.ok()) fault = std::move(put_down).error();
  }
  PLIMSOLL_CHECK(system::sync_directory(directory_));
  if (fault) return *fault;
  return message.id;
}

Status Outbox::put(const std::string& receiver, const Message& message, const std::string& json) {
  std::set<std::string>& waiting = files_[receiver];
  const bool there = std::any_of(waiting.begin(), waiting.end(),
                                 [&](const std::string& file) { return parts_of(file)->id == message.id; });
  if (there) return Done{};
  if (waiting.size() >= bounds_.messages || bytes_ + json.size() > bounds_.bytes) {
    ++refused_;
    return Error{ErrorKind::limit, "too much waits for the receiver '" + receiver + "' already"};
  }
  const std::string file = file_name(number_ + 1, receiver, message.id);
  PLIMSOLL_CHECK(write_file_atomically(directory_ + "/" + file, json, 0600));
  ++number_;
  waiting.insert(file);
  sizes_[file] = json.size();
  bytes_ += json.size();
  return Done{};
}

std::optional<std::string> Outbox::next_file(const std::string& receiver) const {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(receiver);
  if (found == files_.end() || found->second.empty()) return std::nullopt;
  return *found->second.begin();
}

Result<Message> Outbox::read(const std::string& file) const {
  PLIMSOLL_TRY(json, read_file(directory_ + "/" + file, most_message_bytes));
  return message_from_json(json);
}

Status Outbox::remove(const std::string& receiver, const std::string& file) {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(receiver);
  if (found == files_.end() || found->second.erase(file) == 0) return Done{};
  if (found->second.empty()) files_.erase(found);
  bytes_ -= sizes_[file];
  sizes_.erase(file);
  if (::unlink((directory_ + "/" + file).c_str()) != 0 && errno != ENOENT)
    return system::errno_error(errno, "remove", directory_ + "/" + file);
  return Done{};
}

size_t Outbox::waiting(const std::string& receiver) const {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(receiver);
  return found == files_.end() ? 0 : found->second.size();
}

std::vector<std::string> Outbox::receivers_waited_for() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [receiver, files] : files_) out.push_back(receiver);
  return out;
}

uint64_t Outbox::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

}  // namespace plimsoll::notify
