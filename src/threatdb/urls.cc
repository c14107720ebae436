#include "threatdb/urls.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace plimsoll::threatdb {
namespace {

using Url = std::unique_ptr<CURLU, void (*)(CURLU*)>;

Url parse(const std::string& text) {
  Url url(curl_url(), &curl_url_cleanup);
  if (url && curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) url.reset();
  return url;
}

std::optional<std::string> part(const Url& url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (!url || curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return std::nullopt;
  std::string out(text);
  curl_free(text);
  return out;
}

}  // namespace

std::string percent_encoded_path(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

std::optional<UrlPlace> place_of(const std::string& text) {
  const Url url = parse(text);
  const auto scheme = part(url, CURLUPART_SCHEME), host = part(url, CURLUPART_HOST),
             port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!scheme || !host || !port || host->empty()) return std::nullopt;
  return UrlPlace{lower(*scheme), lower(*host), *port};
}

bool is_loopback_host(std::string_view host) {
  if (host == "localhost" || host == "[::1]" || host == "::1") return true;
  const auto parts = split(host, '.');
  return parts.size() == 4 && parts[0] == "127" &&
         std::all_of(parts.begin(), parts.end(), [](std::string_view p) { return parse_uint(p).value_or(256) < 256; });
}

std::optional<std::string> local_path_of(const std::string& text) {
  const Url url = parse(text);
  const auto scheme = part(url, CURLUPART_SCHEME);
  if (!scheme || lower(*scheme) != "file") return std::nullopt;
  return part(url, CURLUPART_PATH, CURLU_URLDECODE);
}

std::string shown_url(const std::string& text) {
  const Url url = parse(text);
  if (url && part(url, CURLUPART_USER)) {
    curl_url_set(url.get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(url.get(), CURLUPART_PASSWORD, nullptr, 0);
    return printable(part(url, CURLUPART_URL).value_or("(a URL)"), 500);
  }
  return printable(text, 500);
}

Status check_redirect(const std::string& from, const std::string& to, const std::vector<std::string>& hosts) {
  const auto source = place_of(from), target = place_of(to);
  const auto refused = [&](const std::string& why) {
    return Error{ErrorKind::denied, "the server redirects to " + shown_url(to) + ", " + why, shown_url(from)};
  };
  if (!source || !target) return refused("which is no URL that is followed");
  const bool on_loopback = source->scheme == "http" && target->scheme == "http" && is_loopback_host(source->host) &&
                           is_loopback_host(target->host);
  if (target->scheme != "https" && !on_loopback) return refused("which is not https");
  const bool upgrade = source->scheme == "http" && target->scheme == "https" && source->host == target->host;
  const bool same = source->host == target->host && (source->port == target->port || upgrade);
  if (same || std::find(hosts.begin(), hosts.end(), target->host) != hosts.end()) return Done{};
  Error error = refused("to another host");
  error.advice = "if this is right, name the host in updates.redirect_hosts of your policy";
  return error;
}

}  // namespace plimsoll::threatdb
