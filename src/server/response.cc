#include "server/response.h"

#include <array>

#include "base/sha256.h"
#include "base/text.h"
#include "server/request_text.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::denied:
      return 403;
    case ErrorKind::malformed:
      return 400;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::unsupported:
      return 422;
    case ErrorKind::limit:
    case ErrorKind::unreachable:
    case ErrorKind::timeout:
      return 503;
    case ErrorKind::bug:
      break;
  }
  return 500;
}

// https://owasp.org/www-project-secure-headers/; the page is its own origin's files alone.
constexpr std::array<std::pair<const char*, const char*>, 8> security_headers{{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
     "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
    {"X-Robots-Tag", "noindex"},
}};

// Empty: it has none.
std::string_view header_of(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (lower(key) == name) return value;
  }
  return {};
}

}  // namespace

Response json_response(std::string body, int status) {
  Response out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

Response no_content() {
  Response out;
  out.status = 204;
  out.type.clear();
  return out;
}

Response file_response(const report::Format& format, std::string body, std::string_view name) {
  Response out;
  out.body = std::move(body);
  out.type = format.type;
  out.headers.emplace_back("Content-Disposition",
                           "attachment; filename=\"" + std::string(name) + "." + std::string(format.ending) + "\"");
  return out;
}

Response problem(int status, const std::string& detail) {
  wire::JsonWriter json;
  json.begin_object().member("type", "about:blank").member("title", reason_of(status)).member("status", status);
  json.member("detail", detail).end_object();
  Response out;
  out.status = status;
  out.type = "application/problem+json";
  out.body = std::move(json).take() + "\n";
  return out;
}

Response problem(const Error& error) {
  return problem(status_of(error.kind), error.advice.empty() ? error.message : error.message + "; " + error.advice);
}

void add_security_headers(const Request& request, Response& response) {
  for (const auto& [name, value] : security_headers) response.headers.emplace_back(name, value);
  if (request.secure) response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  if (header_of(response, "cache-control").empty()) response.headers.emplace_back("Cache-Control", "no-store");
}

void give_entity_tag(Response& response) {
  constexpr size_t tag_digits = 32;
  if (!header_of(response, "etag").empty()) return;
  response.headers.emplace_back("ETag", '"' + sha256_hex(response.body).substr(0, tag_digits) + '"');
  // Kept by the client, but never used without asking.
  response.headers.emplace_back("Cache-Control", "private, no-cache");
}

void apply_entity_tag(const Request& request, Response& response) {
  if (response.status != 200 || response.stream || (request.method != "GET" && request.method != "HEAD")) return;
  give_entity_tag(response);
  if (!matches_tag(request.header("if-none-match"), header_of(response, "etag"))) return;
  response.status = 304;
  response.body.clear();
  response.type.clear();
}

}  // namespace plimsoll::server
