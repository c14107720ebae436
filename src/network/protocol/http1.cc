// HTTP/1 (RFC 9112): a request line and the answer's status line; what is in the headers and the beginning of the body
// tells the applications that speak through it.
#include <array>

#include "base/text.h"
#include "network/protocol/fields.h"
#include "network/protocol/http_products.h"
#include "network/protocol/recognisers.h"
#include "network/protocol/software.h"

namespace plimsoll::network {
namespace {

constexpr size_t longest_line = 8192;

constexpr std::array<std::string_view, 24> methods = {
    "GET",    "HEAD",     "POST",      "PUT",       "DELETE",      "CONNECT", "OPTIONS",  "TRACE",
    "PATCH",  "PROPFIND", "PROPPATCH", "MKCOL",     "COPY",        "MOVE",    "LOCK",     "UNLOCK",
    "REPORT", "SEARCH",   "PURGE",     "SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY",  "M-SEARCH", "BASELINE-CONTROL"};

struct RequestLine {
  std::string_view method, target, version;
};

// no, more, or likely with `request` filled in.
Verdict look_request_line(std::string_view head, RequestLine& request) {
  const size_t blank = head.find(' ');
  const std::string_view method = head.substr(0, blank);
  const bool known = std::any_of(methods.begin(), methods.end(), [&](std::string_view one) {
    return blank == std::string_view::npos ? agrees(one, method) && method.size() <= one.size() : one == method;
  });
  if (!known) return Verdict::no;
  const auto line = first_line(head);
  if (!line) return head.size() > longest_line ? Verdict::no : Verdict::more;
  const size_t last = line->rfind(' ');
  if (last == std::string_view::npos || last <= blank) return Verdict::no;
  const std::string_view version = line->substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Verdict::no;
  request = {method, line->substr(blank + 1, last - blank - 1), version.substr(5)};
  return Verdict::likely;
}

std::string_view application_of(const RequestLine& request, const HttpHead& answer) {
  if (request.method == "CONNECT") return "HTTP CONNECT";
  if (answer.status == 101 && lower(answer.header("upgrade")) == "websocket") return "WebSocket";
  const std::string_view target = request.target;
  if (target.starts_with("http://") || target.starts_with("https://")) return "HTTP proxy";
  return "HTTP";
}

}  // namespace

Verdict look_http1(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) {  // from its middle on, or a capture of one side
    if (!agrees(heads.server, "HTTP/1.")) return Verdict::no;
    identity.application = "HTTP";
    return heads.server.size() < 7 ? Verdict::more : Verdict::likely;
  }
  RequestLine request;
  if (const Verdict verdict = look_request_line(heads.client, request); verdict != Verdict::likely) return verdict;
  const HttpHead asked = read_http_head(heads.client);
  identity.application = "HTTP";
  identity.version = request.version;
  identity.server_name = without_port(asked.header("host"));
  if (heads.server.empty()) return Verdict::likely;
  if (!agrees(heads.server, "HTTP/1.")) return Verdict::no;
  const HttpHead answer = read_http_head(heads.server);
  identity.application = application_of(request, answer);
  read_software(answer.header("server"), identity);
  if (!answer.complete) return heads.server.size() > longest_line ? Verdict::sure : Verdict::likely;
  if (answer.status == 100) return Verdict::sure;
  const bool sure = find_product(asked, answer, identity);
  return sure || heads.server.size() > longest_line ? Verdict::sure : Verdict::likely;
}

}  // namespace plimsoll::network
