#include "server/exception_book.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "server/request_text.h"
#include "server/secrets.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

const std::string prefix = "exception/";
constexpr size_t id_digits = 16;
constexpr std::array<std::string_view, 4> scopes{"asset", "image", "everywhere", "policy"};

}  // namespace

std::string_view name_of_scope(Exception::Scope scope) { return scopes[static_cast<size_t>(scope)]; }

std::optional<Exception::Scope> parse_scope(std::string_view text) {
  const auto found = std::find(scopes.begin(), scopes.end(), text);
  if (found >= scopes.end() - 1) return std::nullopt;  // a policy's are in no journal
  return static_cast<Exception::Scope>(found - scopes.begin());
}

std::string exception_json(const Exception& exception) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("id", exception.id).member("threat", exception.threat.value);
  out.member("package", exception.package).member("scope", name_of_scope(exception.scope));
  out.member("asset", exception.asset.value).member("image", exception.image).member("reason", exception.reason);
  out.member("owner", exception.owner).member("created_by", exception.created_by).key("created_at");
  wire::write_instant(out, exception.created_at);
  out.key("expires_at");
  wire::write_instant(out, exception.expires_at);
  out.end_object();
  return std::move(out).take();
}

Result<Exception> exception_from_json(std::string_view json) {
  PLIMSOLL_TRY(body, parse_body(json, {"id", "threat", "package", "scope", "asset", "image", "reason", "owner",
                                       "created_by", "created_at", "expires_at"}));
  auto& texts = body.texts;
  const auto scope = parse_scope(texts["scope"]);
  const auto created = parse_rfc3339(texts["created_at"]), expires = parse_rfc3339(texts["expires_at"]);
  if (!scope || !created || !expires || texts["id"].empty() || texts["threat"].empty())
    return Error{ErrorKind::malformed, "the journal holds an exception that is none"};
  Exception out;
  out.id = texts["id"];
  out.threat = {texts["threat"]};
  out.package = texts["package"];
  out.scope = *scope;
  out.asset = {texts["asset"]};
  out.image = texts["image"];
  out.reason = texts["reason"];
  out.owner = texts["owner"];
  out.created_by = texts["created_by"];
  out.created_at = *created;
  out.expires_at = *expires;
  return out;
}

Result<std::vector<Exception>> ExceptionBook::all() const {
  PLIMSOLL_TRY(kept, journal_.settings(prefix));
  std::vector<Exception> out;
  for (const auto& [name, text] : kept) {
    PLIMSOLL_TRY(exception, exception_from_json(text));
    out.push_back(std::move(exception));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Exception& a, const Exception& b) { return a.created_at > b.created_at; });
  return out;
}

Result<Exception> ExceptionBook::add(Exception exception) {
  PLIMSOLL_TRY(there, all());
  if (there.size() >= most)
    return Error{ErrorKind::conflict, "there are " + std::to_string(most) + " exceptions already; remove some"};
  PLIMSOLL_TRY(secret, new_secret());
  exception.id = secret_hash(secret).substr(0, id_digits);
  PLIMSOLL_CHECK(journal_.put_setting(prefix + exception.id, exception_json(exception)));
  return exception;
}

Result<Exception> ExceptionBook::find(const std::string& id) const {
  const Result<std::string> text = journal_.setting(prefix + id);
  if (text.ok()) return exception_from_json(*text);
  if (text.error().kind != ErrorKind::not_found) return text.error();
  return Error{ErrorKind::not_found, "there is no exception '" + printable(id, 80) + "'"};
}

Status ExceptionBook::remove(const std::string& id) {
  PLIMSOLL_TRY(there, find(id));
  return journal_.take_setting(prefix + there.id);
}

}  // namespace plimsoll::server
