#include "threatdb/starter_build.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "feed/advisory.h"
#include "threatdb/image.h"

namespace plimsoll::threatdb {
namespace {

constexpr size_t max_file = size_t{16} << 20;

// What a record says beside the OSV schema.
struct Notes {
  bool known_exploited = false;
  std::string severity_source;
};

Result<Notes> read_notes(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  const auto specific = json.is_object() ? json.find("database_specific") : json.end();
  if (!json.is_object() || specific == json.end() || !specific->is_object()) {
    return Error{ErrorKind::malformed, "has no database_specific"};
  }
  const auto exploited = specific->find("known_exploited"), source = specific->find("severity_source");
  if (exploited == specific->end() || !exploited->is_boolean()) {
    return Error{ErrorKind::malformed, "does not say whether it is known_exploited"};
  }
  Notes out;
  out.known_exploited = exploited->get<bool>();
  if (source != specific->end() && source->is_string()) out.severity_source = source->get<std::string>();
  return out;
}

class Builder {
 public:
  Status add(std::string_view line, const std::string& name) {
    PLIMSOLL_CHECK(parser_.parse(line, name, advisory_));
    const Result<Notes> notes = read_notes(line);
    if (!notes.ok()) return Error{notes.error().kind, advisory_.id + " " + notes.error().message, name};
    if (!ids_.insert(advisory_.id).second) return Error{ErrorKind::malformed, advisory_.id + " stands twice", name};
    if (notes->known_exploited) feeds_.exploited.emplace_back().cve = advisory_.id;
    // As opinions of the source they were taken from, not of a distribution whose package matches.
    for (Severity& severity : advisory_.severities) severity.source = notes->severity_source;
    if (!advisory_.severities.empty()) feeds_.cvss.push_back({advisory_.id, std::move(advisory_.severities)});
    advisory_.severities.clear();
    if (advisory_.modified && (!newest_ || *newest_ < *advisory_.modified)) newest_ = advisory_.modified;
    shard_.add(advisory_);
    return Done{};
  }

  Status write(const std::string& path) {
    if (!newest_) return Error{ErrorKind::malformed, "no record tells when it was modified"};
    feeds_.sources.push_back({"starter pack", ids_.size(), newest_});
    std::vector<Shard> shards;
    shards.push_back(std::move(shard_));
    PLIMSOLL_TRY(image, join_shards(std::move(shards)));
    merge_threats(image);
    join_feeds(image, feeds_);
    PLIMSOLL_TRY(file, NewFile::beside(path));
    PLIMSOLL_CHECK(write_image(image, path, file.descriptor(), *newest_));
    return file.replace();
  }

 private:
  feed::OsvParser parser_;
  feed::Advisory advisory_;
  Shard shard_;
  Feeds feeds_;
  std::set<std::string> ids_;
  std::optional<Instant> newest_;
};

}  // namespace

Status build_starter_image(const std::vector<std::string>& files, const std::string& path) {
  Builder builder;
  for (const std::string& file : files) {
    PLIMSOLL_TRY(text, read_file(file, max_file));
    size_t number = 0;
    for (const std::string_view line : split(text, '\n')) {
      ++number;
      if (!line.empty()) PLIMSOLL_CHECK(builder.add(line, file + ":" + std::to_string(number)));
    }
  }
  return builder.write(path);
}

}  // namespace plimsoll::threatdb
