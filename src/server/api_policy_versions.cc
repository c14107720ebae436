#include <algorithm>
#include <array>
#include <set>

#include "base/line_diff.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/parameters.h"
#include "server/policy_versions.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

using File = PolicyVersion::File;

// What became of a file between two versions.
std::string_view change_of(const File* before, const File* after) {
  if (before == nullptr) return "added";
  if (after == nullptr) return "gone";
  return before->sha256 == after->sha256 ? "same" : "changed";
}

// The files of either, each once, in the order of their names.
std::set<std::string> names_of(const PolicyVersion& before, const PolicyVersion& after) {
  std::set<std::string> out;
  for (const PolicyVersion* version : {&before, &after}) {
    for (const File& file : version->files) out.insert(file.name);
  }
  return out;
}

void write_version(wire::JsonWriter& out, const PolicyVersion& before, const PolicyVersion& version,
                   const PolicyAuthors& authors) {
  std::set<std::string> by;
  out.begin_object().member("entry", version.sequence).key("at");
  wire::write_instant(out, version.at);
  out.key("files").begin_array();
  for (const std::string& name : names_of(before, version)) {
    const File *old = before.find(name), *now = version.find(name);
    const std::string_view change = change_of(old, now);
    out.begin_object().member("name", policy_file_name(name)).member("sha256", now ? now->sha256 : "");
    out.member("change", change).member("kept", now != nullptr && now->text.has_value()).end_object();
    if (change == "same") continue;
    const std::map<std::string, std::string>& those = now ? authors.wrote : authors.removed;
    if (const auto who = those.find(now ? now->sha256 : old->sha256); who != those.end()) by.insert(who->second);
  }
  out.end_array().key("by").begin_array();
  for (const std::string& who : by) out.value(who);
  out.end_array().end_object();
}

Result<PolicyVersion> asked_version(const Api& api, const Call& call, std::string_view name) {
  uint64_t entry = 0;
  if (call.asked(name).empty()) return Error{ErrorKind::malformed, "'from' and 'to' are entries of versions"};
  PLIMSOLL_CHECK(take_number(call, name, entry));
  if (entry == 0) return PolicyVersion();  // the built-in policy alone
  return policy_version(api.ground().journal, entry);
}

// Null where a text was not kept, or both are too long.
void write_lines(wire::JsonWriter& out, const File* before, const File* after) {
  const bool kept = (before == nullptr || before->text) && (after == nullptr || after->text);
  const std::string none;
  const auto lines = kept ? line_diff(before ? *before->text : none, after ? *after->text : none) : std::nullopt;
  if (!lines) {
    out.null();
    return;
  }
  constexpr std::array kinds{"same", "removed", "added"};
  out.begin_array();
  for (const DiffLine& line : *lines) {
    out.begin_object().member("kind", kinds[static_cast<size_t>(line.kind)]).member("text", line.text).end_object();
  }
  out.end_array();
}

}  // namespace

Response list_policy_versions(Api& api, const Call& call) {
  constexpr size_t most = 100;
  size_t limit = 50;
  if (const Status taken = take_limit(call, limit, most); !taken.ok()) return problem(taken.error());
  PLIMSOLL_OR_PROBLEM(versions, policy_versions(api.journal(), limit + 1));
  const PolicyAuthors authors = policy_authors(api.journal());
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("items").begin_array();
  const size_t oldest = versions.size() > limit ? 1 : 0;
  for (size_t i = versions.size(); i-- > oldest;)
    write_version(out, i == 0 ? PolicyVersion() : versions[i - 1], versions[i], authors);
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

Response get_policy_version(Api& api, const Call& call) {
  const auto entry = parse_uint(call.parameter("entry"));
  if (!entry) return problem(400, "a version is named by its entry of the log");
  PLIMSOLL_OR_PROBLEM(version, policy_version(api.journal(), *entry));
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("entry", version.sequence).key("at");
  wire::write_instant(out, version.at);
  out.key("files").begin_array();
  for (const File& file : version.files) {
    out.begin_object().member("name", policy_file_name(file.name)).member("sha256", file.sha256).key("text");
    if (file.text)
      out.value(*file.text);
    else
      out.null();
    out.end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

Response get_policy_diff(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(before, asked_version(api, call, "from"));
  PLIMSOLL_OR_PROBLEM(after, asked_version(api, call, "to"));
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("from", before.sequence).member("to", after.sequence).key("files").begin_array();
  for (const std::string& name : names_of(before, after)) {
    const File *old = before.find(name), *now = after.find(name);
    if (change_of(old, now) == "same") continue;
    out.begin_object().member("name", policy_file_name(name)).member("change", change_of(old, now)).key("lines");
    write_lines(out, old, now);
    out.end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace plimsoll::server
