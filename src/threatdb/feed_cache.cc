#include "threatdb/feed_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/sha256.h"
#include "system/sync_directory.h"
#include "threatdb/file_error.h"

namespace plimsoll::threatdb {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* state_name = "/.state.json";
constexpr const char* parts_name = "/.part";
constexpr size_t max_state = size_t{16} << 20;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Json json_of(const FeedFacts& facts) {
  return {{"origin", facts.origin}, {"etag", facts.version.etag}, {"last_modified", facts.version.last_modified},
          {"sha256", facts.sha256}, {"records", facts.records},   {"as_of", facts.as_of}};
}

FeedFacts facts_of(const Json& object) {
  FeedFacts out{text_of(object, "origin"),
                {text_of(object, "etag"), text_of(object, "last_modified")},
                text_of(object, "sha256"),
                0,
                text_of(object, "as_of")};
  const auto records = object.find("records");
  if (records != object.end() && records->is_number_unsigned()) out.records = records->get<uint64_t>();
  return out;
}

std::string dumped(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"; }

// A state that can not be read is an empty one: then everything is asked for anew.
Json parsed(const std::string& path) {
  const auto text = read_file(path, max_state);
  Json json = text.ok() ? Json::parse(*text, nullptr, false) : Json();
  return json.is_object() ? json : Json::object();
}

Status write_and_sync(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file < 0) return file_error(path, "create");
  Status out = Done{};
  while (!bytes.empty() && out.ok()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) out = file_error(path, "write");
    if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
  }
  if (out.ok() && ::fsync(file) != 0) out = file_error(path, "sync");
  ::close(file);
  return out;
}

}  // namespace

std::string origin_of(const std::string& url) { return sha256_hex(url); }

FeedCache::Part::~Part() {
  if (file.descriptor >= 0) ::close(file.descriptor);
  if (!finished) return;
  ::unlink(path.c_str());
  ::unlink((path + ".json").c_str());
}

Result<Bytes> FeedCache::Part::map() const { return Bytes::map_file(path); }

Result<FeedCache> FeedCache::open(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder, error)) {
    errno = error ? error.value() : ENOTDIR;
    return file_error(folder, "make the folder for the feeds");
  }
  FeedCache out(folder);
  const Json state = parsed(folder + state_name);
  for (const auto& [name, facts] : state.items()) {
    if (facts.is_object()) out.files_[name] = facts_of(facts);
  }
  return out;
}

const FeedFacts& FeedCache::facts(const std::string& name) const {
  static const FeedFacts unknown;
  const auto found = files_.find(name);
  return found == files_.end() ? unknown : found->second;
}

std::optional<Bytes> FeedCache::read(const std::string& name) const {
  auto bytes = Bytes::map_file(path(name));
  if (!bytes.ok()) return std::nullopt;
  const std::string& expected = facts(name).sha256;
  if (!expected.empty() && sha256_hex(bytes->view()) != expected) return std::nullopt;
  return std::move(bytes).value();
}

std::vector<std::string> FeedCache::ecosystems() const {
  std::vector<std::string> out;
  std::error_code error, ignored;
  for (fs::directory_iterator at(path("osv"), error), end; !error && at != end; at.increment(error)) {
    if (fs::is_regular_file(at->path() / "all.zip", ignored)) out.push_back(at->path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

Status FeedCache::make_parts() const {
  std::error_code error;
  fs::create_directories(folder_ + parts_name, error);
  errno = error.value();
  return error ? Status(file_error(folder_ + parts_name, "make the folder for downloads")) : Status(Done{});
}

Status FeedCache::save() const {
  PLIMSOLL_CHECK(make_parts());
  Json state = Json::object();
  for (const auto& [name, facts] : files_) state[name] = json_of(facts);
  const std::string beside = folder_ + parts_name + "/state";
  PLIMSOLL_CHECK(write_and_sync(beside, dumped(state)));
  return rename_into_place(beside, state_name + 1);
}

Status FeedCache::rename_into_place(const std::string& from, const std::string& name) const {
  const std::string to = path(name);
  std::error_code ignored;
  fs::create_directories(fs::path(to).parent_path(), ignored);
  if (::rename(from.c_str(), to.c_str()) != 0) return file_error(to, "replace");
  (void)system::sync_directory(fs::path(to).parent_path());  // the name, too; the data are safe already
  return Done{};
}

Status FeedCache::put(const std::string& name, std::string_view bytes, FeedFacts facts) {
  PLIMSOLL_CHECK(make_parts());
  const std::string beside = folder_ + parts_name + "/new";
  PLIMSOLL_CHECK(write_and_sync(beside, bytes));
  PLIMSOLL_CHECK(rename_into_place(beside, name));
  facts.sha256 = sha256_hex(bytes);
  files_[name] = std::move(facts);
  return save();
}

Status FeedCache::touch(const std::string& name, FeedFacts facts) {
  facts.sha256 = files_[name].sha256;
  files_[name] = std::move(facts);
  return save();
}

Result<std::unique_ptr<FeedCache::Part>> FeedCache::part_of(const std::string& url) {
  PLIMSOLL_CHECK(make_parts());
  auto part = std::make_unique<Part>();
  part->path = folder_ + parts_name + "/" + origin_of(url).substr(0, 32);
  const std::string side = part->path + ".json";
  part->file.descriptor = ::open(part->path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (part->file.descriptor < 0) return file_error(part->path, "create");
  struct stat facts{};
  const FeedFacts left = facts_of(parsed(side));
  if (left.origin == origin_of(url) && ::fstat(part->file.descriptor, &facts) == 0) {
    part->file.version = left.version;
    part->file.bytes = static_cast<uint64_t>(facts.st_size);
  }
  part->file.begun = [side, url](const Validators& version) {
    FeedFacts begun;
    begun.origin = origin_of(url);
    begun.version = version;
    // Should this fail, the next run begins the download anew.
    (void)write_and_sync(side, dumped(json_of(begun)));
  };
  return part;
}

Status FeedCache::adopt(const Part& part, const std::string& name, FeedFacts facts) {
  if (::fsync(part.file.descriptor) != 0) return file_error(part.path, "sync");
  PLIMSOLL_TRY(bytes, part.map());
  facts.sha256 = sha256_hex(bytes.view());
  ::unlink((part.path + ".json").c_str());
  PLIMSOLL_CHECK(rename_into_place(part.path, name));
  files_[name] = std::move(facts);
  return save();
}

std::vector<std::string> FeedCache::names() const {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const std::string& ecosystem : ecosystems()) {
    for (const char* file : {"/all.zip", "/modified_id.csv"}) out.push_back("osv/" + ecosystem + file);
  }
  out.insert(out.end(), {ecosystems_name, kev_name, epss_name, cvss_name});
  std::erase_if(out, [&](const std::string& name) { return !fs::is_regular_file(path(name), ignored); });
  std::sort(out.begin(), out.end());
  return out;
}

void FeedCache::drop_parts() {
  std::error_code ignored;
  fs::remove_all(folder_ + parts_name, ignored);
}

}  // namespace plimsoll::threatdb
