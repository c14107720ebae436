#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "journal/journal.h"
#include "notify/settings.h"
#include "server/auth.h"
#include "server/courier_link.h"

namespace plimsoll::server {

// Sign-on by an OpenID Connect provider, as the process that speaks HTTP sees it: it sends browsers there, knows them
// again when they come back, and makes them users of ours. What is said to the provider itself the courier says.
// Thread-safe.
class SignOnDesk {
 public:
  SignOnDesk(const notify::SignOn& settings, journal::Journal& journal, CourierLink& link)
      : settings_(settings), journal_(journal), link_(link) {}

  const std::string& label() const { return settings_.label; }

  // Where the browser is to go, and the cookie by which it is known when it comes back. limit: too many at once.
  struct Departure {
    std::string url, cookie;
  };
  Result<Departure> depart(const Request& request, int64_t steady_now);

  // Who came back, as a user of ours, made or brought up to date. denied: not known, not the same browser, nobody who
  // may come in.
  Result<journal::User> arrive(const Request& request, const Query& query, Instant now, int64_t steady_now);

  // Takes the cookie of depart() away.
  static std::string no_cookie(bool secure);

 private:
  struct Pending {
    std::string browser;  // hash of its cookie
    std::string nonce, verifier, redirect;
    int64_t until = 0;
  };
  std::string redirect_for(const Request& request) const;
  Result<Pending> take_pending(const Request& request, const Query& query, int64_t steady_now);
  Result<Body> ask(const std::string& json);
  std::string role_for(const std::vector<std::string>& claimed) const;
  Result<journal::User> user_for(const Body& claims, Instant now);

  const notify::SignOn& settings_;
  journal::Journal& journal_;
  CourierLink& link_;
  std::atomic<int> asking_{0};
  std::mutex mutex_;
  std::map<std::string, Pending> pending_;  // by the hash of their state; guarded by mutex_
};

}  // namespace plimsoll::server
