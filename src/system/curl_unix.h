#pragma once
#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "system/http_stream.h"

namespace plimsoll::system {

// What every request over a UNIX socket shares; only the files that include this one see libcurl.
using CurlHandle = std::unique_ptr<CURL, void (*)(CURL*)>;

// Counts header bytes, so that a peer cannot send headers without end.
struct HeaderBudget {
  size_t left = size_t{256} << 10;
};

// A handle set up for one request: plain HTTP only, no proxy, no redirect, no signals. Fails when there is no such
// socket, it may not be reached, or method or target are not fit to be sent (blanks and control characters could
// smuggle lines). `budget` must outlive the handle.
Result<CurlHandle> make_handle(const std::string& socket, std::string_view method, const std::string& target,
                               HeaderBudget& budget);

// What `handle` asks for as a stream, once the body begins (stream_over_unix). What the handle points to must outlive
// the stream; `request` names it in errors.
Result<BodyStream> stream_of(CurlHandle handle, const std::string& socket, const std::string& request,
                             StreamBounds bounds);

// What a failed transfer means, as an error about `socket`.
Error transfer_error(CURL* handle, CURLcode code, const std::string& socket);

}  // namespace plimsoll::system
