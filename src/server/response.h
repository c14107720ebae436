#pragma once
#include <string>

#include "base/result.h"
#include "report/formats.h"
#include "server/http.h"

namespace plimsoll::server {

Response json_response(std::string body, int status = 200);
Response no_content();  // 204

// A file to keep, never a page of this origin: an HTML report has a script of its own. "NAME.html".
Response file_response(const report::Format& format, std::string body, std::string_view name);

// An error as application/problem+json (RFC 9457). `detail` is for a person and holds no bytes of a stranger unescaped.
Response problem(int status, const std::string& detail);
// The status that fits the kind; the message as its detail.
Response problem(const Error& error);

// What every answer carries: no sniffing, no framing, no referrer, nothing from elsewhere (CSP), HSTS over TLS.
void add_security_headers(const Request& request, Response& response);

// Gives an answer an entity tag (RFC 9110 section 8.8.3), unless it has one.
void give_entity_tag(Response& response);
// Gives the answer of a GET an entity tag, and makes it 304 when the client has it (RFC 9110 section 13).
void apply_entity_tag(const Request& request, Response& response);

}  // namespace plimsoll::server

// Returns a problem from the enclosing handler, else binds the value to `name`.
#define PLIMSOLL_OR_PROBLEM(name, expression)                       \
  auto name##_result_ = (expression);                               \
  if (!name##_result_.ok()) return problem(name##_result_.error()); \
  auto name = std::move(name##_result_).value()
