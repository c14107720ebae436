#include "journal/postgres_place.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "base/text.h"
#include "journal/postgres_library.h"

namespace plimsoll::journal::postgres {
namespace {

using Settings = std::map<std::string, std::string>;

constexpr const char* default_user = "plimsoll";
constexpr const char* default_port = "5432";
// What a connection has unless the user says otherwise; the kernel tells of a peer that vanished within 15 seconds.
constexpr std::array<std::array<const char*, 2>, 6> defaults{{{"application_name", "plimsoll"},
                                                              {"client_encoding", "UTF8"},
                                                              {"gssencmode", "disable"},
                                                              {"keepalives_idle", "10"},
                                                              {"keepalives_interval", "5"},
                                                              {"tcp_user_timeout", "15000"}}};

Settings taken(const Library& pq, PQconninfoOption* options) {
  Settings out;
  for (const PQconninfoOption* it = options; it != nullptr && it->keyword != nullptr; ++it) {
    if (it->val != nullptr && *it->val != '\0') out[it->keyword] = it->val;
  }
  pq.PQconninfoFree(options);
  return out;
}

Result<Settings> settings_of_url(const Library& pq, const std::string& url) {
  char* said = nullptr;
  PQconninfoOption* options = pq.PQconninfoParse(url.c_str(), &said);
  if (options == nullptr) {
    const std::string why = said == nullptr ? "" : printable(trim(said), 300);
    if (said != nullptr) pq.PQfreemem(said);
    return Error{ErrorKind::malformed, "the journal's URL cannot be read: " + why};
  }
  Settings given = taken(pq, options);
  if (given.contains("password") || given.contains("sslpassword"))
    return Error{
        ErrorKind::malformed,
        "a password in the journal's URL can be seen by everybody on this machine",
        {},
        "put it into a file of mode 0600 that PGPASSFILE or ?passfile= names (host:port:database:user:password)"};
  return given;
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

// libpq itself puts together what the URL, the environment, the service file and the password file say. It begins to
// connect by that, which is left at once.
Result<Settings> whole_settings(const Library& pq, const std::string& url, const Settings& given) {
  const bool named_elsewhere = is_set("PGUSER") || is_set("PGSERVICE") || given.contains("service");
  std::array<const char*, 3> keywords{"dbname", nullptr, nullptr}, values{url.c_str(), nullptr, nullptr};
  if (!named_elsewhere) {
    keywords = {"user", "dbname", nullptr};  // what comes later counts
    values = {default_user, url.c_str(), nullptr};
  }
  const std::unique_ptr<PGconn, decltype(pq.PQfinish)> asked(pq.PQconnectStartParams(keywords.data(), values.data(), 1),
                                                             pq.PQfinish);
  if (!asked) return Error{ErrorKind::limit, "no memory for a connection"};
  Settings out = taken(pq, pq.PQconninfo(asked.get()));
  if (!out.contains("dbname"))
    return Error{ErrorKind::malformed,
                 "the journal's URL cannot be used: " + printable(trim(pq.PQerrorMessage(asked.get())), 300)};
  if (const char* password = pq.PQpass(asked.get()); password != nullptr && *password != '\0')
    out["password"] = password;
  for (const char* spent : {"service", "passfile"}) out.erase(spent);
  for (const auto& [keyword, value] : defaults) {
    if (!given.contains(keyword)) out[keyword] = value;
  }
  return out;
}

// The first address of a host.
Result<std::string> address_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (code != 0)
    return Error{ErrorKind::unreachable,
                 "the name of the journal's host is not known: " + std::string(::gai_strerror(code)),
                 printable(host, 200)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
  std::array<char, NI_MAXHOST> text{};
  if (::getnameinfo(list->ai_addr, list->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
    return Error{ErrorKind::unreachable, "the address of the journal's host is not known", printable(host, 200)};
  return std::string(text.data());
}

Status find_hosts(Place& place) {
  Settings& settings = place.settings;
  const std::string hosts = settings["host"];
  std::vector<std::string> addresses;
  const bool resolved = settings.contains("hostaddr") && !settings["hostaddr"].empty();
  bool remote = resolved;
  for (const std::string_view host : split(hosts, ',')) {
    const bool local = host.empty() || host.starts_with('/');
    place.local = place.local || (local && !resolved);
    remote = remote || !local;
    if (local || resolved) {
      addresses.emplace_back();
      continue;
    }
    PLIMSOLL_TRY(address, address_of(std::string(host)));
    addresses.push_back(address);
  }
  if (hosts.empty()) settings.erase("host");
  if (!remote) return Done{};
  if (!resolved) settings["hostaddr"] = join(addresses, ",");
  const std::string ports = settings.contains("port") ? settings["port"] : default_port;
  for (const std::string_view port : split(ports, ',')) {
    if (const auto number = parse_uint(port.empty() ? default_port : port); number && *number <= UINT16_MAX)
      place.ports.push_back(static_cast<uint16_t>(*number));
  }
  return Done{};
}

}  // namespace

Result<Place> find_place(const std::string& url) {
  PLIMSOLL_TRY(pq, library());
  PLIMSOLL_TRY(given, settings_of_url(*pq, url));
  Place place;
  place.name = url;
  PLIMSOLL_TRY(whole, whole_settings(*pq, url, given));
  place.settings = std::move(whole);
  PLIMSOLL_CHECK(find_hosts(place));
  for (const char* file : {"sslrootcert", "sslcert", "sslkey", "sslcrl"}) {
    if (const auto it = place.settings.find(file); it != place.settings.end()) place.readable.push_back(it->second);
  }
  return place;
}

}  // namespace plimsoll::journal::postgres
