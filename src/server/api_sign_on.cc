#include "base/text.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/sign_on.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

Response go(const std::string& where) {
  Response out;
  out.status = 303;
  out.type.clear();
  out.headers.emplace_back("Location", where);
  out.headers.emplace_back("Cache-Control", "no-store");
  return out;
}

// Back to the page, which shows why: a person is looking at a browser, not at JSON.
Response refused(const Error& error) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const char c : printable(error.message, 300)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    text += plain ? std::string(1, c) : std::string{'%', digits[byte >> 4], digits[byte & 15]};
  }
  return go("/#sign-on-refused=" + text);
}

std::string from_json(const Call& call, std::string_view name) {
  wire::JsonWriter out;
  out.begin_object().member("name", name).member("from", call.request.peer).member("by", "provider").end_object();
  return std::move(out).take();
}

}  // namespace

Response get_sign_on(Api& api, const Call&) {
  const SignOnDesk* const desk = api.ground().sign_on;
  wire::JsonWriter out;
  out.begin_object()
      .member("offered", desk != nullptr)
      .member("label", desk != nullptr ? desk->label() : "")
      .end_object();
  return json_response(std::move(out).take() + "\n");
}

Response start_sign_on(Api& api, const Call& call) {
  SignOnDesk* const desk = api.ground().sign_on;
  if (desk == nullptr) return problem(404, "sign-on by a provider is not set up here");
  const auto departure = desk->depart(call.request, api.ground().steady_now());
  if (!departure.ok()) return refused(departure.error());
  Response out = go(departure->url);
  out.headers.emplace_back("Set-Cookie", departure->cookie);
  return out;
}

Response finish_sign_on(Api& api, const Call& call) {
  SignOnDesk* const desk = api.ground().sign_on;
  if (desk == nullptr) return problem(404, "sign-on by a provider is not set up here");
  const Result<journal::User> user = desk->arrive(call.request, call.query, call.now, api.ground().steady_now());
  // Nobody comes in unseen.
  const Status told =
      api.tell(user.ok() ? "auth.sign-in" : "auth.sign-in-failed", user.ok() ? "user:" + user->name : "nobody",
               from_json(call, user.ok() ? user->name : printable(user.error().message, 200)));
  if (!told.ok()) return problem(told.error());
  if (!user.ok()) {
    Response out = refused(user.error());
    out.headers.emplace_back("Set-Cookie", SignOnDesk::no_cookie(call.request.secure));
    return out;
  }
  PLIMSOLL_OR_PROBLEM(in, api.auth().begin_session(call.request, *user, call.now));
  Response out = go("/");
  out.headers.emplace_back("Set-Cookie", SignOnDesk::no_cookie(call.request.secure));
  out.headers.emplace_back("Set-Cookie", in.cookie);
  return out;
}

}  // namespace plimsoll::server
