#include "server/policy_versions.h"

#include <simdjson.h>

#include <algorithm>

#include "server/stored_asset.h"

namespace plimsoll::server {
namespace {

PolicyVersion version_of(const journal::Event& event) {
  PolicyVersion out{event.sequence, event.at, {}};
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array files;
  if (parser.parse(event.body).get(root) != simdjson::SUCCESS || root["files"].get(files) != simdjson::SUCCESS)
    return out;
  for (const simdjson::dom::element file : files) {
    PolicyVersion::File& into = out.files.emplace_back();
    into.name = text_of(file, "name");
    into.sha256 = text_of(file, "sha256");
    std::string_view text;
    if (file["text"].get(text) == simdjson::SUCCESS) into.text = text;
  }
  return out;
}

// Of the events of that kind, by what the member says of each.
std::map<std::string, std::string> actors_by(const journal::Journal& journal, const char* kind, const char* member) {
  journal::EventQuery query;
  query.kind = kind;
  query.limit = journal::max_page;
  query.newest_first = true;
  std::map<std::string, std::string> out;
  const auto events = journal.events(query);
  for (const journal::Event& event : events.ok() ? *events : std::vector<journal::Event>()) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(event.body).get(root) == simdjson::SUCCESS)
      out.emplace(std::string(text_of(root, member)), event.actor);  // the newest comes first and stays
  }
  return out;
}

}  // namespace

const PolicyVersion::File* PolicyVersion::find(std::string_view name) const {
  const auto found = std::find_if(files.begin(), files.end(), [&](const File& file) { return file.name == name; });
  return found == files.end() ? nullptr : &*found;
}

Result<std::vector<PolicyVersion>> policy_versions(const journal::Journal& journal, size_t most) {
  journal::EventQuery query;
  query.kind = policy_changed;
  query.newest_first = true;
  query.limit = most;
  PLIMSOLL_TRY(events, journal.events(query));
  std::vector<PolicyVersion> out;
  for (auto event = events.rbegin(); event != events.rend(); ++event) out.push_back(version_of(*event));
  return out;
}

Result<PolicyVersion> policy_version(const journal::Journal& journal, journal::Sequence sequence) {
  journal::EventQuery query;
  query.kind = policy_changed;
  query.after = sequence == 0 ? 0 : sequence - 1;
  query.limit = 1;
  PLIMSOLL_TRY(events, journal.events(query));
  if (!events.empty() && events.front().sequence == sequence) return version_of(events.front());
  return Error{ErrorKind::not_found,
               "no policy came into force with entry " + std::to_string(sequence),
               {},
               "plimsoll policy versions lists them"};
}

PolicyAuthors policy_authors(const journal::Journal& journal) {
  return {actors_by(journal, policy_written, "sha256"), actors_by(journal, policy_removed, "before")};
}

std::string policy_file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace plimsoll::server
