#include "system/grpc_unix.h"

#include <algorithm>

#include "base/text.h"
#include "system/bounded_body.h"
#include "system/curl_unix.h"
#include "system/grpc_frames.h"

namespace plimsoll::system {
namespace {

// One call as libcurl makes it; what the handle points to lives here, so it stays where it is.
struct Exchange {
  HeaderBudget budget;
  GrpcEnd end;
  std::string framed;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers{nullptr, &curl_slist_free_all};
  CurlHandle handle{nullptr, &curl_easy_cleanup};

  // CURLOPT_HEADERFUNCTION gets trailers too.
  static size_t take_header(char* data, size_t size, size_t count, void* user) {
    Exchange& self = *static_cast<Exchange*>(user);
    if (size * count > self.budget.left) return 0;
    self.budget.left -= size * count;
    self.end.take({data, size * count});
    return size * count;
  }
};

// A value with a line's end in it would be another header.
bool fits_header(std::string_view text) {
  return text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

Status add_headers(Exchange& out, const GrpcCall& call, int seconds) {
  std::vector<std::string> lines = {"content-type: application/grpc", "te: trailers", "Expect:"};
  if (seconds > 0) lines.push_back("grpc-timeout: " + std::to_string(seconds) + "S");
  for (const auto& [name, value] : call.metadata) {
    if (!fits_header(name) || !fits_header(value))
      return Error{ErrorKind::malformed, "not a header that can be sent: " + printable(value, 100)};
    lines.push_back(name + ": " + value);
  }
  for (const std::string& line : lines) {
    curl_slist* more = curl_slist_append(out.headers.get(), line.c_str());
    if (!more) return Error{ErrorKind::limit, "cannot make an HTTP client"};
    (void)out.headers.release();
    out.headers.reset(more);
  }
  return Done{};
}

// `seconds` 0: the service is told no time.
Status prepare(Exchange& out, const std::string& socket, const GrpcCall& call, int seconds) {
  PLIMSOLL_CHECK(add_headers(out, call, seconds));
  PLIMSOLL_TRY(handle, make_handle(socket, "POST", call.method, out.budget));
  out.handle = std::move(handle);
  out.framed = grpc_frame(call.message);
  CURL* curl = out.handle.get();
  const long version = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  if (curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, version) != CURLE_OK)
    return Error{ErrorKind::unsupported, "the libcurl of this machine speaks no HTTP/2", printable(socket)};
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Exchange::take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, static_cast<void*>(&out));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, out.headers.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(out.framed.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, out.framed.data());
  return Done{};
}

Error of_call(Error error, const std::string& socket, const GrpcCall& call) {
  error.context = printable(socket) + " " + printable(call.method, 200);
  return error;
}

}  // namespace

Result<std::string> call_over_unix(const std::string& socket, const GrpcCall& call, size_t limit, int seconds) {
  Exchange exchange;
  PLIMSOLL_CHECK(prepare(exchange, socket, call, std::max(seconds, 1)));
  CURL* curl = exchange.handle.get();
  BoundedBody reply;
  reply.limit = limit;
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &BoundedBody::take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, static_cast<void*>(&reply));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(std::max(seconds, 1)));
  const CURLcode code = curl_easy_perform(curl);
  if (reply.too_large)
    return of_call({ErrorKind::limit, "reply larger than " + std::to_string(limit) + " bytes"}, socket, call);
  if (code != CURLE_OK) return transfer_error(curl, code, socket);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200)
    return of_call({ErrorKind::malformed, "no gRPC: the peer answers " + std::to_string(status)}, socket, call);
  if (const Status end = exchange.end.result(); !end.ok()) return of_call(end.error(), socket, call);
  Result<std::string> message = grpc_unframe(reply.bytes);
  return message.ok() ? std::move(message) : of_call(message.error(), socket, call);
}

Result<BodyStream> call_stream_over_unix(const std::string& socket, const GrpcCall& call, StreamBounds bounds) {
  // Lives as long as the stream's copies do.
  const auto exchange = std::make_shared<Exchange>();
  PLIMSOLL_CHECK(prepare(*exchange, socket, call, 0));
  PLIMSOLL_TRY(stream, stream_of(std::move(exchange->handle), socket, "POST " + call.method, bounds));
  return BodyStream([exchange, stream](char* buffer, size_t capacity) { return stream(buffer, capacity); });
}

}  // namespace plimsoll::system
