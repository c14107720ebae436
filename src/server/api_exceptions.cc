#include <simdjson.h>

#include <algorithm>
#include <map>

#include "policy/selection.h"
#include "server/api.h"
#include "server/exception_book.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"
#include "server/shown.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

constexpr std::chrono::days longest{366};

// How many threats each takes out of scores, as it was when the world was judged last.
std::map<std::string, int64_t> matches_of(const journal::Journal& journal) {
  std::map<std::string, int64_t> out;
  const Result<std::string> text = journal.setting(shown_excepted);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (!text.ok() || parser.parse(*text).get(object) != simdjson::SUCCESS) return out;
  for (const auto& [id, count] : object) {
    int64_t number = 0;
    if (count.get(number) == simdjson::SUCCESS) out.emplace(id, number);
  }
  return out;
}

std::string row_json(const Exception& exception, Instant now, const std::map<std::string, int64_t>& matches) {
  const auto found = matches.find(exception.id);
  const bool of_policy = exception.scope == Exception::Scope::selection;
  wire::JsonWriter rest(wire::JsonWriter::Layout::one_line);
  rest.begin_object().member("selection", of_policy ? policy::describe(exception.on) : "");
  rest.member("state", exception.expires_at > now ? "active" : "expired");
  rest.member("matches", found == matches.end() ? 0 : found->second).end_object();
  std::string out = exception_json(exception);
  out.back() = ',';
  return out + std::move(rest).take().substr(1);
}

// A text of the body, trimmed; malformed when it is longer than it may be, or empty where it must be there.
Status take_text(const Body& body, const char* name, size_t most, bool needed, std::string& into) {
  const auto found = body.texts.find(name);
  if (found != body.texts.end()) into = trim(found->second);
  if (into.size() > most)
    return Error{ErrorKind::malformed, "'" + std::string(name) + "' is longer than " + std::to_string(most) + " bytes"};
  if (needed && into.empty()) return Error{ErrorKind::malformed, "the body lacks the text '" + std::string(name) + "'"};
  return Done{};
}

Result<Exception> exception_of(const Call& call) {
  PLIMSOLL_TRY(body, parse_body(call.request.body,
                                {"threat", "package", "scope", "asset", "image", "reason", "owner", "expires_at"}));
  Exception out;
  std::string scope, expires;
  PLIMSOLL_CHECK(take_text(body, "threat", 200, true, out.threat.value));
  PLIMSOLL_CHECK(take_text(body, "package", 300, false, out.package));
  PLIMSOLL_CHECK(take_text(body, "scope", 20, true, scope));
  PLIMSOLL_CHECK(take_text(body, "reason", 1000, true, out.reason));
  PLIMSOLL_CHECK(take_text(body, "owner", 200, true, out.owner));
  PLIMSOLL_CHECK(take_text(body, "expires_at", 40, true, expires));
  const auto parsed = parse_scope(scope);
  if (!parsed) return not_a_value("scope", scope);
  out.scope = *parsed;
  PLIMSOLL_CHECK(take_text(body, "asset", 300, out.scope == Exception::Scope::asset, out.asset.value));
  PLIMSOLL_CHECK(take_text(body, "image", 500, out.scope == Exception::Scope::image, out.image));
  if (out.scope != Exception::Scope::asset && !out.asset.empty())
    return Error{ErrorKind::malformed, "'asset' goes with the scope asset"};
  if (out.scope != Exception::Scope::image && !out.image.empty())
    return Error{ErrorKind::malformed, "'image' goes with the scope image"};
  const auto end = parse_rfc3339(expires);
  if (!end) return not_a_value("expires_at", expires);
  if (*end <= call.now) return Error{ErrorKind::malformed, "'expires_at' is over already"};
  if (*end > call.now + longest)
    return Error{ErrorKind::malformed,
                 "'expires_at' is more than a year ahead; an exception is looked at again by then"};
  out.expires_at = *end;
  out.created_at = call.now;
  out.created_by = call.who.user;
  return out;
}

// Told with all of it: what was decided stays in the journal when the exception is long gone.
Status tell_of(Api& api, const char* kind, const Call& call, const Exception& exception) {
  journal::NewEvent event;
  event.kind = kind;
  event.actor = call.who.actor();
  event.subject = exception.asset;
  event.body = exception_json(exception);
  event.at = call.now;
  const Result<journal::Recorded> written = api.journal().append({event});
  return written.ok() ? Status(Done{}) : written.error();
}

}  // namespace

Response list_exceptions(Api& api, const Call& call) {
  const std::string_view state = call.asked("state").empty() ? "active" : call.asked("state");
  if (state != "active" && state != "expired" && state != "all") return problem(not_a_value("state", state));
  PLIMSOLL_OR_PROBLEM(all, ExceptionBook(api.journal()).all());
  const std::shared_ptr<const InForce> in_force = api.in_force();
  all.insert(all.end(), in_force->policy.exceptions.begin(), in_force->policy.exceptions.end());
  const auto matches = matches_of(api.journal());
  const std::string_view threat = call.asked("threat");
  std::string out = "{\"items\": [";
  bool first = true;
  for (const Exception& exception : all) {
    const bool active = exception.expires_at > call.now;
    if (state != "all" && active != (state == "active")) continue;
    if (!threat.empty() && !fits_pattern(exception.threat.value, threat)) continue;
    out += (first ? "\n" : ",\n") + row_json(exception, call.now, matches);
    first = false;
  }
  return json_response(out + "]}\n");
}

// The event is of the handler's own, with the whole exception in it: the table of routes would only tell the path.
Response add_exception(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(wanted, exception_of(call));
  if (wanted.scope == Exception::Scope::asset) {
    const Result<journal::AssetDetail> asset = api.journal().asset(wanted.asset);
    if (!asset.ok()) return problem(asset.error());
  }
  PLIMSOLL_OR_PROBLEM(exception, ExceptionBook(api.journal()).add(std::move(wanted)));
  if (const Status told = tell_of(api, "exception.added", call, exception); !told.ok()) {
    (void)ExceptionBook(api.journal()).remove(exception.id);  // no exception that nobody can account for
    return problem(told.error());
  }
  api.ground().judge_anew();
  return json_response(row_json(exception, call.now, {}) + "\n", 201);
}

Response remove_exception(Api& api, const Call& call) {
  const std::shared_ptr<const InForce> in_force = api.in_force();
  for (const Exception& exception : in_force->policy.exceptions) {
    if (exception.id == call.parameter("id"))
      return problem(409,
                     "it stands in a file of policies, " + printable(exception.created_by, 300) + "; remove it there");
  }
  ExceptionBook book(api.journal());
  PLIMSOLL_OR_PROBLEM(exception, book.find(call.parameter("id")));
  if (const Status removed = book.remove(exception.id); !removed.ok()) return problem(removed.error());
  api.ground().judge_anew();
  if (const Status told = tell_of(api, "exception.ended", call, exception); !told.ok())
    return problem(503, "it was removed, but that could not be journalled: " + told.error().message);
  return no_content();
}

}  // namespace plimsoll::server
