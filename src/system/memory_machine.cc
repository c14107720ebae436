#include "system/memory_machine.h"

#include <sys/stat.h>

#include "base/text.h"

namespace plimsoll::system {
namespace {

constexpr uint64_t device = 0x801;
constexpr int max_links = 40;  // as the kernel

Error absent(const std::string& path) {
  return {ErrorKind::not_found, "cannot open: No such file or directory", printable(path)};
}

// "/a//b/" -> "/a/b"; "/" stays.
std::string tidy(const std::string& path) {
  std::string out;
  for (const std::string_view part : split(path, '/')) {
    if (!part.empty()) out.append("/").append(part);
  }
  return out.empty() ? "/" : out;
}

std::string parent_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string key_of(const std::string& socket, std::string_view method, const std::string& target) {
  return tidy(socket) + " " + std::string(method) + " " + target;
}

bool has_type(const FileStat& stat, uint32_t type) { return (stat.mode & S_IFMT) == type; }

Error make_error(const std::string& path, ErrorKind kind, std::string message) {
  if (message.empty()) message = "cannot open: " + std::string(name_of(kind));
  return {kind, std::move(message), printable(path)};
}

}  // namespace

MemoryMachine::MemoryMachine() { put("/", S_IFDIR | 0755); }

MemoryMachine::Node& MemoryMachine::put(const std::string& raw, uint32_t mode) {
  const std::string path = tidy(raw);
  if (path != "/" && nodes_.find(parent_of(path)) == nodes_.end()) put(parent_of(path), S_IFDIR | 0755);
  Node& node = nodes_[path];
  node = Node{};
  node.stat.mode = mode;
  node.stat.device = device;
  node.stat.inode = next_inode_++;
  return node;
}

MemoryMachine::Node& MemoryMachine::at(const std::string& raw) {
  const auto found = nodes_.find(tidy(raw));
  return found != nodes_.end() ? found->second : put(raw, S_IFREG | 0644);
}

MemoryMachine& MemoryMachine::add_file(const std::string& path, std::string content, uint32_t permissions, uint32_t uid,
                                       uint32_t gid) {
  Node& node = put(path, S_IFREG | permissions);
  node.stat.uid = uid;
  node.stat.gid = gid;
  node.stat.size = content.size();
  node.content = std::move(content);
  return *this;
}

MemoryMachine& MemoryMachine::add_directory(const std::string& path, uint32_t permissions) {
  put(path, S_IFDIR | permissions);
  return *this;
}

MemoryMachine& MemoryMachine::add_link(const std::string& path, std::string target) {
  put(path, S_IFLNK | 0777).content = std::move(target);
  return *this;
}

MemoryMachine& MemoryMachine::add_socket(const std::string& path, uint32_t permissions) {
  put(path, S_IFSOCK | permissions);
  return *this;
}

MemoryMachine& MemoryMachine::add_namespace(const std::string& path, const std::string& kind, uint64_t inode) {
  add_link(path, kind + ":[" + std::to_string(inode) + "]");
  FileStat followed;
  followed.mode = S_IFREG | 0444;
  followed.device = 4;  // nsfs
  followed.inode = inode;
  return set_followed_stat(path, followed);
}

MemoryMachine& MemoryMachine::set_stat(const std::string& path, const FileStat& stat) {
  at(path).stat = stat;
  return *this;
}

MemoryMachine& MemoryMachine::set_followed_stat(const std::string& path, const FileStat& stat) {
  at(path).followed = stat;
  return *this;
}

MemoryMachine& MemoryMachine::fail(const std::string& path, ErrorKind kind, std::string message) {
  at(path).fails = make_error(path, kind, std::move(message));
  return *this;
}

MemoryMachine& MemoryMachine::fail_reading(const std::string& path, ErrorKind kind, std::string message) {
  at(path).fails_reading = make_error(path, kind, std::move(message));
  return *this;
}

MemoryMachine& MemoryMachine::add_reply(const std::string& socket, std::string_view method, const std::string& target,
                                        int status, std::string body) {
  if (nodes_.find(tidy(socket)) == nodes_.end()) add_socket(socket);
  replies_[key_of(socket, method, target)] = Canned{HttpReply{status, std::move(body)}, std::nullopt};
  return *this;
}

MemoryMachine& MemoryMachine::fail_request(const std::string& socket, std::string_view method,
                                           const std::string& target, ErrorKind kind) {
  if (nodes_.find(tidy(socket)) == nodes_.end()) add_socket(socket);
  replies_[key_of(socket, method, target)].fails = Error{kind, "request failed", printable(socket)};
  return *this;
}

MemoryMachine& MemoryMachine::add_answer(const std::string& socket, const std::string& method,
                                         const std::string& metadata, Result<std::string> message) {
  if (nodes_.find(tidy(socket)) == nodes_.end()) add_socket(socket);
  answers_.insert_or_assign(key_of(socket, method, metadata), std::move(message));
  return *this;
}

std::vector<std::string> MemoryMachine::requests() const {
  const std::lock_guard lock(requests_mutex_);
  return requests_;
}

MemoryMachine& MemoryMachine::set_space(const std::string& path, const SpaceStat& space) {
  spaces_[tidy(path)] = space;
  return *this;
}

MemoryMachine& MemoryMachine::set_attribute(const std::string& path, const std::string& name, std::string value) {
  at(path);
  attributes_[{tidy(path), name}] = std::move(value);
  return *this;
}

MemoryMachine& MemoryMachine::set_clock(const ClockStat& clock) {
  clock_ = clock;
  return *this;
}

MemoryMachine& MemoryMachine::set_netlink(int protocol, uint16_t type, Result<std::vector<NetlinkReply>> answer) {
  netlink_.insert_or_assign({protocol, type}, std::move(answer));
  return *this;
}

MemoryMachine& MemoryMachine::set_legacy_table(const std::string& name, bool six, LegacyTable table) {
  legacy_tables_.insert_or_assign({name, six}, std::move(table));
  return *this;
}

MemoryMachine& MemoryMachine::set_now(Instant now) {
  now_ = now;
  return *this;
}

MemoryMachine& MemoryMachine::set_effective_uid(uint32_t uid) {
  uid_ = uid;
  return *this;
}

Result<const MemoryMachine::Node*> MemoryMachine::find(const std::string& raw, bool follow,
                                                       std::string* resolved) const {
  if (raw.empty() || raw.front() != '/') return Error{ErrorKind::not_found, "not an absolute path", printable(raw)};
  std::string path = tidy(raw);
  for (int links = 0; links <= max_links; ++links) {
    auto found = nodes_.find(path);
    std::string link = path;
    if (found == nodes_.end()) {
      // The nearest parent that exists must be a link to go on.
      do link = parent_of(link);
      while (link != "/" && nodes_.find(link) == nodes_.end());
      found = nodes_.find(link);
      if (found->second.fails) return *found->second.fails;
      if (!has_type(found->second.stat, S_IFLNK)) return absent(raw);
    } else if (found->second.fails) {
      return *found->second.fails;
    } else if (!follow || found->second.followed || !has_type(found->second.stat, S_IFLNK)) {
      if (resolved) *resolved = path;
      return &found->second;
    }
    const std::string rest = path.substr(link.size());
    const std::string& target = found->second.content;
    const std::string base = !target.empty() && target.front() == '/' ? "" : parent_of(link) + "/";
    path = "";
    std::vector<std::string_view> kept;
    const std::string whole = base + target + rest;
    for (const std::string_view part : split(whole, '/')) {
      if (part.empty() || part == ".") continue;
      if (part != "..")
        kept.push_back(part);
      else if (!kept.empty())
        kept.pop_back();
    }
    for (const std::string_view part : kept) path.append("/").append(part);
    if (path.empty()) path = "/";
  }
  return Error{ErrorKind::unsupported, "cannot open: too many levels of symbolic links", printable(raw)};
}

Result<const MemoryMachine::Node*> MemoryMachine::find_readable(const std::string& path, uint32_t type,
                                                                const char* what, std::string* resolved) const {
  // A trailing slash follows a link in the last component, as on the real machine.
  PLIMSOLL_TRY(node, find(path, path.size() > 1 && path.back() == '/', resolved));
  if (node->fails_reading) return *node->fails_reading;
  if (!has_type(node->stat, type)) {
    const ErrorKind kind = type == S_IFREG   ? ErrorKind::unsupported
                           : type == S_IFDIR ? ErrorKind::not_found
                                             : ErrorKind::unsupported;
    return Error{kind, std::string("not ") + what, printable(path)};
  }
  return node;
}

Result<std::string> MemoryMachine::read_file(const std::string& path, size_t limit) const {
  PLIMSOLL_TRY(node, find_readable(path, S_IFREG, "a regular file"));
  if (node->content.size() > limit) {
    return Error{ErrorKind::limit, "larger than " + std::to_string(limit) + " bytes", printable(path)};
  }
  return node->content;
}

Result<std::vector<std::string>> MemoryMachine::list_directory(const std::string& path, size_t limit) const {
  std::string resolved;
  PLIMSOLL_TRY(node, find_readable(path, S_IFDIR, "a directory", &resolved));
  (void)node;
  const std::string prefix = resolved == "/" ? "/" : resolved + "/";
  std::vector<std::string> names;
  for (auto it = nodes_.upper_bound(prefix); it != nodes_.end() && it->first.starts_with(prefix); ++it) {
    const std::string name = it->first.substr(prefix.size());
    if (name.find('/') != std::string::npos) continue;
    if (names.size() == limit) {
      return Error{ErrorKind::limit, "more than " + std::to_string(limit) + " entries", printable(path)};
    }
    names.push_back(name);
  }
  return names;
}

Result<std::string> MemoryMachine::read_link(const std::string& path) const {
  PLIMSOLL_TRY(node, find_readable(path, S_IFLNK, "a symbolic link"));
  return node->content;
}

Result<FileStat> MemoryMachine::stat(const std::string& path, bool follow) const {
  PLIMSOLL_TRY(node, find(path, follow));
  return follow && node->followed ? *node->followed : node->stat;
}

Result<HttpReply> MemoryMachine::http_unix(const std::string& socket, std::string_view method,
                                           const std::string& target, std::string_view, size_t limit, int) const {
  PLIMSOLL_TRY(node, find(socket, true));
  if (!has_type(node->stat, S_IFSOCK)) {
    return Error{ErrorKind::unreachable, "cannot connect: not a socket", printable(socket)};
  }
  {
    const std::lock_guard lock(requests_mutex_);
    requests_.push_back(std::string(method) + " " + target);
  }
  const auto found = replies_.find(key_of(socket, method, target));
  if (found == replies_.end()) return HttpReply{404, R"({"message":"page not found"})"};
  if (found->second.fails) return *found->second.fails;
  if (found->second.reply.body.size() > limit) {
    return Error{ErrorKind::limit, "reply larger than " + std::to_string(limit) + " bytes", printable(socket)};
  }
  return found->second.reply;
}

Result<std::string> MemoryMachine::grpc_unix(const std::string& socket, const GrpcCall& call, size_t limit, int) const {
  PLIMSOLL_TRY(node, find(socket, true));
  if (!has_type(node->stat, S_IFSOCK)) {
    return Error{ErrorKind::unreachable, "cannot connect: not a socket", printable(socket)};
  }
  const std::string metadata = call.metadata.empty() ? "" : call.metadata.front().second;
  {
    const std::lock_guard lock(requests_mutex_);
    requests_.push_back("GRPC " + call.method + " " + metadata + ": " + call.message);
  }
  const auto found = answers_.find(key_of(socket, call.method, metadata));
  if (found == answers_.end()) return Error{ErrorKind::unsupported, "unknown method", printable(socket)};
  if (found->second.ok() && found->second->size() > limit) {
    return Error{ErrorKind::limit, "reply larger than " + std::to_string(limit) + " bytes", printable(socket)};
  }
  return found->second;
}

Result<SpaceStat> MemoryMachine::space(const std::string& path) const {
  PLIMSOLL_TRY(node, find(path, true));
  (void)node;
  const auto found = spaces_.find(tidy(path));
  if (found == spaces_.end()) return Error{ErrorKind::unsupported, "no space known", printable(path)};
  return found->second;
}

Result<std::string> MemoryMachine::extended_attribute(const std::string& path, const std::string& name) const {
  PLIMSOLL_TRY(node, find(path, false));
  if (node->fails_reading) return *node->fails_reading;
  const auto found = attributes_.find({tidy(path), name});
  if (found == attributes_.end()) return Error{ErrorKind::not_found, "no attribute " + name, printable(path)};
  return found->second;
}

Result<ClockStat> MemoryMachine::clock() const {
  if (!clock_) return Error{ErrorKind::unsupported, "no clock known"};
  return *clock_;
}

Result<std::vector<Machine::NetlinkReply>> MemoryMachine::netlink(int protocol, uint16_t type, uint16_t,
                                                                  std::string_view) const {
  const auto found = netlink_.find({protocol, type});
  if (found == netlink_.end()) return Error{ErrorKind::unsupported, "no such protocol", "netlink"};
  return found->second;
}

Result<Machine::LegacyTable> MemoryMachine::legacy_table(const std::string& name, bool six) const {
  const auto found = legacy_tables_.find({name, six});
  if (found == legacy_tables_.end()) return Error{ErrorKind::not_found, "no such table", name};
  return found->second;
}

}  // namespace plimsoll::system
