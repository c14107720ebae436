#include "server/api.h"

#include <exception>

#include "base/text.h"
#include "server/stored_asset.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

bool changes(std::string_view method) { return method != "GET" && method != "HEAD"; }

// Whether a browser says that another site sent this (Fetch Metadata, https://www.w3.org/TR/fetch-metadata; Origin, RFC
// 6454). Programs that are no browsers send neither.
bool from_another_site(const Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return true;
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return false;
  return origin != std::string(request.secure ? "https://" : "http://") + std::string(request.header("host"));
}

bool is_json(std::string_view type) { return lower(trim(type.substr(0, type.find(';')))) == "application/json"; }

Response not_allowed(const Match& match) {
  std::string allowed;
  for (const std::string_view method : match.allowed) {
    if (!allowed.empty()) allowed += ", ";
    allowed += method;
    if (method == "GET") allowed += ", HEAD";
  }
  Response out = problem(405, "the path has no such method");
  out.headers.emplace_back("Allow", allowed);
  return out;
}

}  // namespace

std::string_view Call::asked(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string_view() : std::string_view(found->second);
}

Status Api::tell(const std::string& kind, const std::string& actor, const std::string& body) {
  journal::NewEvent event;
  event.kind = kind;
  event.actor = actor;
  event.body = body;
  event.at = ground_.now();
  const Result<journal::Recorded> written = journal().append({event});
  if (!written.ok()) return written.error();
  return Done{};
}

Result<std::shared_ptr<const Report>> Api::overview() {
  const uint64_t now = ground_.world.shown();
  {
    const std::lock_guard lock(mutex_);
    if (overview_ && overview_of_ == now && now > 0) return overview_;
  }
  PLIMSOLL_TRY(read, stored_overview(journal()));
  auto fresh = std::make_shared<const Report>(std::move(read));
  const std::lock_guard lock(mutex_);
  overview_ = fresh;
  overview_of_ = now;
  return fresh;
}

Response Api::handle(const Request& request) {
  Response out;
  try {
    out = dispatch(request);
  } catch (const std::exception&) {
    out = problem(500, "an internal error");
  }
  apply_entity_tag(request, out);
  add_security_headers(request, out);
  return out;
}

Response Api::dispatch(const Request& request) {
  // First of all: a page of elsewhere whose name was made to resolve to us (DNS rebinding) gets nothing.
  if (!host_is_one_of(request.header("host"), ground_.hosts))
    return problem(421, "this server does not answer for that host name; name it with --host-name");
  const auto segments = path_segments(request.path);
  if (!segments) return problem(400, "the path is broken");
  Match match = find_route(routes(), request.method, *segments);
  if (match.route == nullptr && !match.allowed.empty()) return not_allowed(match);
  if (match.route == nullptr) {
    const bool of_api = !segments->empty() && segments->front() == "api";
    return of_api ? problem(404, "there is no such path") : page_.answer(request, *segments);
  }
  Result<Query> query = parse_query(request.query);
  if (!query.ok()) return problem(query.error());
  Call call{request, std::move(*query), std::move(match.parameters), {}, ground_.now()};
  return serve(*match.route, call);
}

Response Api::answer(const Route& route, Call& call) {
  if (!route.kept) return route.handle(*this, call);
  // Taken before the answer is worked out: what changes meanwhile makes it one of before.
  const AnswerCache::Version version{journal().world_version(), ground_.world.shown(),
                                     ground_.responses != nullptr ? ground_.responses->version() : 0};
  const std::string target = call.request.path + '?' + call.request.query;
  const int64_t now = ground_.steady_now();
  if (const auto kept = answers_.find(target, version, now)) return *kept;
  Response out = route.handle(*this, call);
  if (out.status != 200 || out.stream) return out;
  give_entity_tag(out);
  answers_.keep(target, version, now, std::make_shared<const Response>(out));
  return out;
}

Response Api::serve(const Route& route, Call& call) {
  const bool change = changes(call.request.method);
  if (change && from_another_site(call.request)) return problem(403, "another site sent this request");
  if (change && !call.request.body.empty() && !is_json(call.request.header("content-type")))
    return problem(415, "the body must be application/json");
  if (route.access != Access::open) {
    Result<Principal> who = auth_.principal(call.request, call.now);
    if (!who.ok() && who.error().kind != ErrorKind::denied) return problem(who.error());
    if (!who.ok() || who->access == Access::open) {
      Response out = problem(401, who.ok() ? "sign in, or send an API token" : who.error().message);
      out.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"plimsoll\"");
      return out;
    }
    call.who = std::move(*who);
    if (change && !call.who.session_hash.empty() &&
        !same_secret(call.request.header("x-plimsoll-csrf"), call.who.csrf)) {
      return problem(403, "the header X-Plimsoll-CSRF is missing or wrong; GET /api/v1/me tells it");
    }
    if (call.who.access < route.access) {
      if (change) {
        wire::JsonWriter body;
        body.begin_object().member("method", call.request.method).member("path", printable(call.request.path, 200));
        body.member("from", call.request.peer).end_object();
        (void)tell("auth.refused", call.who.actor(), std::move(body).take());
      }
      return problem(403, "your role does not allow this");
    }
  }
  Response out = answer(route, call);
  if (route.event.empty() || route.tells || out.status >= 400) return out;
  wire::JsonWriter body;
  body.begin_object();
  for (const auto& [name, value] : call.parameters) body.member(name, value);
  body.member("from", call.request.peer).end_object();
  const Status told = tell(std::string(route.event), call.who.actor(), std::move(body).take());
  if (!told.ok()) return problem(503, "it was done, but could not be journalled: " + told.error().message);
  return out;
}

}  // namespace plimsoll::server
