// libcurl, loaded when the first request is made. It brings some thirty libraries along, whose loading would take more
// than half of the start of a program that most often makes no request. These are the functions of libcurl that we
// call, each handing on to the real one; where the library is missing no handle can be made, which callers report.
#include <curl/curl.h>

#include <cstdarg>

#include "base/late_library.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo

#ifdef __clang__
#pragma clang diagnostic ignored "-Wvarargs"  // the last named argument is an enumeration: libcurl's own interface
#endif

namespace {

// The real `Function` of this name, or nullptr.
template <class Function>
Function* real(const char* name) {
  static const plimsoll::LateLibrary library("libcurl.so.4");
  return library.find<Function>(name);
}

}  // namespace

extern "C" {

CURLcode curl_global_init(long flags) {
  const auto function = real<decltype(curl_global_init)>("curl_global_init");
  return function ? function(flags) : CURLE_FAILED_INIT;
}

CURL* curl_easy_init() {
  const auto function = real<decltype(curl_easy_init)>("curl_easy_init");
  return function ? function() : nullptr;
}

CURLM* curl_multi_init() {
  const auto function = real<decltype(curl_multi_init)>("curl_multi_init");
  return function ? function() : nullptr;
}

curl_slist* curl_slist_append(curl_slist* list, const char* text) {
  const auto function = real<decltype(curl_slist_append)>("curl_slist_append");
  return function ? function(list, text) : nullptr;
}

CURLU* curl_url() {
  const auto function = real<decltype(curl_url)>("curl_url");
  return function ? function() : nullptr;
}

// The rest is called with what one of the above has made, so the library is there.

CURLcode curl_easy_setopt(CURL* handle, CURLoption option, ...) {
  static const auto function = real<decltype(curl_easy_setopt)>("curl_easy_setopt");
  std::va_list rest;
  va_start(rest, option);
  CURLcode code = CURLE_UNKNOWN_OPTION;
  switch (option / 10000 * 10000) {  // the kind of its value
    case CURLOPTTYPE_LONG:
      code = function(handle, option, va_arg(rest, long));
      break;
    case CURLOPTTYPE_OFF_T:
      code = function(handle, option, va_arg(rest, curl_off_t));
      break;
    case CURLOPTTYPE_OBJECTPOINT:
    case CURLOPTTYPE_FUNCTIONPOINT:
    case CURLOPTTYPE_BLOB:
      code = function(handle, option, va_arg(rest, void*));
      break;
    default:
      break;
  }
  va_end(rest);
  return code;
}

CURLcode curl_easy_getinfo(CURL* handle, CURLINFO info, ...) {
  static const auto function = real<decltype(curl_easy_getinfo)>("curl_easy_getinfo");
  std::va_list rest;
  va_start(rest, info);
  const CURLcode code = function(handle, info, va_arg(rest, void*));
  va_end(rest);
  return code;
}

CURLcode curl_easy_perform(CURL* handle) { return real<decltype(curl_easy_perform)>("curl_easy_perform")(handle); }

CURLcode curl_easy_pause(CURL* handle, int mask) {
  return real<decltype(curl_easy_pause)>("curl_easy_pause")(handle, mask);
}

void curl_easy_cleanup(CURL* handle) {
  if (handle) real<decltype(curl_easy_cleanup)>("curl_easy_cleanup")(handle);
}

const char* curl_easy_strerror(CURLcode code) {
  const auto function = real<decltype(curl_easy_strerror)>("curl_easy_strerror");
  return function ? function(code) : "libcurl.so.4 is not installed";
}

void curl_slist_free_all(curl_slist* list) {
  if (list) real<decltype(curl_slist_free_all)>("curl_slist_free_all")(list);
}

CURLUcode curl_url_set(CURLU* url, CURLUPart part, const char* text, unsigned flags) {
  return url ? real<decltype(curl_url_set)>("curl_url_set")(url, part, text, flags) : CURLUE_BAD_HANDLE;
}

CURLUcode curl_url_get(CURLU* url, CURLUPart part, char** text, unsigned flags) {
  return url ? real<decltype(curl_url_get)>("curl_url_get")(url, part, text, flags) : CURLUE_BAD_HANDLE;
}

void curl_url_cleanup(CURLU* url) {
  if (url) real<decltype(curl_url_cleanup)>("curl_url_cleanup")(url);
}

void curl_free(void* memory) {
  if (memory) real<decltype(curl_free)>("curl_free")(memory);
}

CURLMcode curl_multi_add_handle(CURLM* multi, CURL* handle) {
  return real<decltype(curl_multi_add_handle)>("curl_multi_add_handle")(multi, handle);
}

CURLMcode curl_multi_remove_handle(CURLM* multi, CURL* handle) {
  return real<decltype(curl_multi_remove_handle)>("curl_multi_remove_handle")(multi, handle);
}

CURLMcode curl_multi_perform(CURLM* multi, int* running) {
  return real<decltype(curl_multi_perform)>("curl_multi_perform")(multi, running);
}

CURLMcode curl_multi_poll(CURLM* multi, curl_waitfd* extra, unsigned count, int milliseconds, int* ready) {
  return real<decltype(curl_multi_poll)>("curl_multi_poll")(multi, extra, count, milliseconds, ready);
}

CURLMsg* curl_multi_info_read(CURLM* multi, int* left) {
  return real<decltype(curl_multi_info_read)>("curl_multi_info_read")(multi, left);
}

CURLMcode curl_multi_cleanup(CURLM* multi) {
  return multi ? real<decltype(curl_multi_cleanup)>("curl_multi_cleanup")(multi) : CURLM_OK;
}

}  // extern "C"
