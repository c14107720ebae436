#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "base/text.h"
#include "server/event_stream.h"
#include "server/test_api.h"

namespace plimsoll::server {
namespace {

TEST_F(ApiTest, TheSetupLinkWorksOnce) {
  EXPECT_EQ(call("GET", "/api/v1/setup").body, "{\"needed\": true}\n");
  const std::string secret = **api_->auth().offer_setup(now_);
  const auto attempt = [&](const std::string& with, const std::string& name, const std::string& phrase = passphrase) {
    return call("POST", "/api/v1/setup", json{{"secret", with}, {"name", name}, {"passphrase", phrase}}.dump());
  };
  EXPECT_EQ(attempt("wrong", "anna").status, 403);
  EXPECT_EQ(attempt(secret, "anna", "short").status, 400);
  EXPECT_EQ(attempt(secret, "<anna>").status, 400);
  const Response first = attempt(secret, "anna");
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(attempt(secret, "eve").status, 403);
  EXPECT_EQ(call("GET", "/api/v1/setup").body, "{\"needed\": false}\n");
  EXPECT_FALSE(api_->auth().offer_setup(now_)->has_value());
  EXPECT_EQ(call(browser_of(first), "GET", "/api/v1/users").status, 200) << "the first one is an admin";
  EXPECT_EQ(events("user.set-up").size(), 1u);
}

TEST_F(ApiTest, AnOldOrFormerSetupLinkIsVoid) {
  const std::string former = **api_->auth().offer_setup(now_), secret = **api_->auth().offer_setup(now_);
  const auto attempt = [&](const std::string& with) {
    return call("POST", "/api/v1/setup", json{{"secret", with}, {"name", "anna"}, {"passphrase", passphrase}}.dump())
        .status;
  };
  EXPECT_EQ(attempt(former), 403);
  now_ += hours(25);
  EXPECT_EQ(attempt(secret), 403);
}

// Every endpoint by everybody: refused or let through as the table says, by session and by token.
TEST_F(ApiTest, EveryEndpointByEveryRole) {
  using journal::Role;
  const std::vector<std::pair<std::string, Access>> people{
      {"", Access::open}, {"v", Access::viewer}, {"o", Access::operator_}, {"a", Access::admin}};
  add("v", Role::viewer);
  add("o", Role::operator_);
  add("a", Role::admin);
  size_t looked_at = 0;
  for (const Route& route : routes()) {
    std::string path(route.path);
    if (const size_t open = path.find('{'); open != std::string::npos)
      path.replace(open, path.find('}') - open + 1, "nobody");
    for (const auto& [name, access] : people) {
      const Browser browser = name.empty() ? Browser{} : log_in(name);
      const Response answer = call(browser, std::string(route.method), path, route.method == "GET" ? "" : "{}");
      ++looked_at;
      const std::string where = std::string(route.method) + " " + path + " by '" + name + "': " + answer.body;
      if (access >= route.access) {
        EXPECT_NE(answer.status, 401) << where;
        EXPECT_NE(answer.status, 403) << where;
        EXPECT_NE(answer.status, 500) << where;
      } else {
        EXPECT_EQ(answer.status, access == Access::open ? 401 : 403) << where;
      }
    }
  }
  EXPECT_EQ(looked_at, 4 * routes().size());
  EXPECT_EQ(scans_, 2) << "the operator's and the admin's";
  EXPECT_EQ(updates_, 2);
  EXPECT_EQ(judged_, 1) << "the admin's reset of the networks; the rest asked for nothing that is there";
}

TEST_F(ApiTest, EveryAnswerCarriesTheSecurityHeaders) {
  for (const char* path : {"/healthz", "/api/v1/assets", "/nothing", "/api/v1/openapi.yaml"}) {
    const Response answer = call("GET", path);
    std::map<std::string, std::string> headers(answer.headers.begin(), answer.headers.end());
    EXPECT_NE(headers["Content-Security-Policy"].find("default-src 'none'"), std::string::npos) << path;
    EXPECT_EQ(headers["X-Content-Type-Options"], "nosniff");
    EXPECT_EQ(headers["X-Frame-Options"], "DENY");
    EXPECT_EQ(headers["Referrer-Policy"], "no-referrer");
    EXPECT_TRUE(headers.contains("Strict-Transport-Security"));
    EXPECT_TRUE(headers.contains("Cache-Control"));
  }
}

TEST_F(ApiTest, CookiesAreForThisHostAndNoScript) {
  add("anna", journal::Role::viewer);
  const Response in = call("POST", "/api/v1/login", json{{"name", "anna"}, {"passphrase", passphrase}}.dump());
  std::string cookie;
  for (const auto& [name, value] : in.headers) cookie = name == "Set-Cookie" ? value : cookie;
  EXPECT_EQ(cookie.rfind("__Host-plimsoll=", 0), 0u);
  for (const char* part : {"; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/"})
    EXPECT_NE(cookie.find(part), std::string::npos) << part;
  // What the store holds does not let anybody in.
  const std::string secret = cookie.substr(16, cookie.find(';') - 16);
  const auto sessions = *journal_->sessions("anna");
  for (const journal::Session& session : sessions) {
    EXPECT_NE(session.hash, secret);
    EXPECT_EQ(call({"__Host-plimsoll=" + session.hash, ""}, "GET", "/api/v1/me").status, 401);
  }
}

TEST_F(ApiTest, LogoutEndsTheSession) {
  const Browser browser = add("anna", journal::Role::viewer), other = log_in("anna");
  EXPECT_EQ(call(browser, "GET", "/api/v1/me").status, 200);
  EXPECT_EQ(call(browser, "POST", "/api/v1/logout").status, 204);
  EXPECT_EQ(call(browser, "GET", "/api/v1/me").status, 401);
  EXPECT_EQ(call(other, "GET", "/api/v1/me").status, 200) << "another one goes on";
  EXPECT_EQ(events("auth.sign-out").size(), 1u);
}

// Whom it has just let in it knows for a moment longer than the store: what is taken away counts all the same.
TEST_F(ApiTest, WhatIsTakenAwayCountsAtOnce) {
  const Browser admin = add("root", journal::Role::admin);
  const auto token_of = [&](const Browser& of) {
    return json::parse(call(of, "POST", "/api/v1/tokens", R"({"label": "t", "scope": "operator"})").body);
  };
  const auto by_token = [&](const json& token, const std::string& method, const std::string& target) {
    Request asked = request(method, target);
    asked.headers.emplace_back("authorization", "Bearer " + token["secret"].get<std::string>());
    return call(asked);
  };
  const auto change = [&](const std::string& name, const std::string& body) {
    EXPECT_EQ(call(admin, "PATCH", "/api/v1/users/" + name, body).status, 200);
  };
  const Browser olga = add("olga", journal::Role::operator_);
  const json token = token_of(olga), other = token_of(olga);
  const Response stream = by_token(token, "GET", "/api/v1/events/stream");
  ASSERT_TRUE(stream.stream);
  EXPECT_TRUE(stream.stream().has_value());
  EXPECT_EQ(by_token(token, "GET", "/api/v1/me").status, 200);
  EXPECT_EQ(call(admin, "DELETE", "/api/v1/tokens/" + token["token"]["id"].get<std::string>()).status, 204);
  EXPECT_EQ(by_token(token, "GET", "/api/v1/me").status, 401);
  EXPECT_FALSE(stream.stream().has_value()) << "what it listened to ends, too";
  EXPECT_EQ(by_token(other, "GET", "/api/v1/me").status, 200);

  EXPECT_EQ(call(olga, "POST", "/api/v1/scan").status, 202);
  change("olga", R"({"role": "viewer"})");
  EXPECT_EQ(call(olga, "POST", "/api/v1/scan").status, 403);
  EXPECT_EQ(by_token(other, "POST", "/api/v1/scan").status, 403);
  EXPECT_EQ(call(olga, "GET", "/api/v1/me").status, 200);
  change("olga", R"({"disabled": true})");
  EXPECT_EQ(call(olga, "GET", "/api/v1/me").status, 401);
  EXPECT_EQ(by_token(other, "GET", "/api/v1/me").status, 401);

  const Browser eve = add("eve", journal::Role::viewer);
  EXPECT_EQ(call(eve, "GET", "/api/v1/me").status, 200);
  EXPECT_EQ(call(admin, "DELETE", "/api/v1/users/eve").status, 204);
  EXPECT_EQ(call(eve, "GET", "/api/v1/me").status, 401);
}

// Another process on the same journal signs somebody out: that counts soon.
TEST_F(ApiTest, WhatAnotherProcessTakesAwayCountsSoon) {
  const Browser browser = add("anna", journal::Role::viewer);
  const auto other = std::move(*journal::open_journal(directory_ / "journal.db"));
  EXPECT_EQ(call(browser, "GET", "/api/v1/me").status, 200);
  ASSERT_TRUE(other->remove_session((*journal_->sessions("anna"))[0].hash).ok());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (call(browser, "GET", "/api/v1/me").status != 401 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(call(browser, "GET", "/api/v1/me").status, 401);
  now_ += std::chrono::minutes(5);  // so that its use would be noted
  EXPECT_EQ(call(browser, "GET", "/api/v1/me").status, 401);
}

TEST_F(ApiTest, SessionsEndByTime) {
  const Browser idle = add("anna", journal::Role::viewer), busy = log_in("anna");
  for (int i = 0; i < 23; ++i) {
    now_ += hours(1);
    EXPECT_EQ(call(busy, "GET", "/api/v1/me").status, 200) << i;
  }
  EXPECT_EQ(call(idle, "GET", "/api/v1/me").status, 401) << "not used for long";
  now_ += hours(2);
  EXPECT_EQ(call(busy, "GET", "/api/v1/me").status, 401) << "older than a day";
}

TEST_F(ApiTest, ChangesFromAnotherSiteAreRefused) {
  const Browser browser = add("olga", journal::Role::operator_);
  EXPECT_EQ(call({browser.cookie, ""}, "POST", "/api/v1/scan").status, 403);
  EXPECT_EQ(call({browser.cookie, std::string(64, '0')}, "POST", "/api/v1/scan").status, 403);
  EXPECT_EQ(call({browser.cookie, log_in("olga").csrf}, "POST", "/api/v1/scan").status, 403) << "of another session";
  Request foreign = as(browser, request("POST", "/api/v1/scan"));
  foreign.headers.emplace_back("origin", "https://evil.example");
  EXPECT_EQ(call(foreign).status, 403);
  foreign.headers.back() = {"sec-fetch-site", "cross-site"};
  EXPECT_EQ(call(foreign).status, 403);
  EXPECT_EQ(scans_, 0);
  Request own = as(browser, request("POST", "/api/v1/scan"));
  own.headers.emplace_back("origin", "https://localhost:8443");
  EXPECT_EQ(call(own).status, 202);
  EXPECT_EQ(scans_, 1);
  // A form of another site can send text, but no JSON.
  Request form = request("POST", "/api/v1/login", "{}");
  form.headers.back().second = "text/plain";
  EXPECT_EQ(call(form).status, 415);
}

TEST_F(ApiTest, TokensDoNoMoreThanTheirScope) {
  const Browser browser = add("olga", journal::Role::operator_);
  EXPECT_EQ(call(browser, "POST", "/api/v1/tokens", R"({"label":"x","scope":"admin"})").status, 403);
  const Response made = call(browser, "POST", "/api/v1/tokens", R"({"label":"ci","scope":"viewer","days":2})");
  ASSERT_EQ(made.status, 201) << made.body;
  const json answer = json::parse(made.body);
  const std::string secret = answer["secret"], id = answer["token"]["id"];
  const auto by_token = [&](const std::string& method, const std::string& path, const std::string& body = {}) {
    Request asked = request(method, path, body);
    asked.headers.emplace_back("authorization", "Bearer " + secret);
    return call(asked).status;
  };
  EXPECT_EQ(by_token("GET", "/api/v1/assets"), 200);
  EXPECT_EQ(by_token("POST", "/api/v1/scan"), 403);
  EXPECT_EQ(by_token("POST", "/api/v1/tokens", R"({"label":"y","scope":"viewer"})"), 403);
  EXPECT_EQ(by_token("POST", "/api/v1/me/passphrase", R"({"old":"x","new":"y"})"), 403);
  // Shown once; never again, and not kept.
  EXPECT_EQ(call(browser, "GET", "/api/v1/tokens").body.find(secret), std::string::npos);
  EXPECT_EQ(call(add("eve", journal::Role::viewer), "DELETE", "/api/v1/tokens/" + id).status, 404);
  EXPECT_EQ(by_token("GET", "/api/v1/assets"), 200);
  now_ += hours(49);
  EXPECT_EQ(by_token("GET", "/api/v1/assets"), 401);
  now_ -= hours(49);
  EXPECT_EQ(call(browser, "DELETE", "/api/v1/tokens/" + id).status, 204);
  EXPECT_EQ(by_token("GET", "/api/v1/assets"), 401);
}

TEST_F(ApiTest, WhoeverIsDisabledOrRemovedIsOutAtOnce) {
  const Browser admin = add("anna", journal::Role::admin), viewer = add("vera", journal::Role::viewer);
  EXPECT_EQ(call(admin, "PATCH", "/api/v1/users/vera", R"({"disabled":true})").status, 200);
  EXPECT_EQ(call(viewer, "GET", "/api/v1/me").status, 401);
  EXPECT_EQ(call("POST", "/api/v1/login", json{{"name", "vera"}, {"passphrase", passphrase}}.dump()).status, 401);
  EXPECT_EQ(call(admin, "PATCH", "/api/v1/users/anna", R"({"role":"viewer"})").status, 409) << "the last admin";
  EXPECT_EQ(call(admin, "DELETE", "/api/v1/users/anna").status, 409);
  EXPECT_EQ(
      call(admin, "POST", "/api/v1/users", json{{"name", "bert"}, {"role", "admin"}, {"passphrase", passphrase}}.dump())
          .status,
      201);
  EXPECT_EQ(call(admin, "POST", "/api/v1/users",
                 json{{"name", "bert"}, {"role", "viewer"}, {"passphrase", passphrase}}.dump())
                .status,
            409);
  EXPECT_EQ(call(log_in("bert"), "DELETE", "/api/v1/users/anna").status, 204);
  EXPECT_EQ(call(admin, "GET", "/api/v1/me").status, 401);
  EXPECT_EQ(events("user.").size(), 3u);
}

TEST_F(ApiTest, GuessingIsSlowedDown) {
  add("anna", journal::Role::viewer);
  const auto guess = [&](const std::string& phrase) {
    return call("POST", "/api/v1/login", json{{"name", "anna"}, {"passphrase", phrase}}.dump()).status;
  };
  for (int i = 0; i < 6; ++i) EXPECT_EQ(guess("wrong wrong wrong"), 401) << i;
  EXPECT_EQ(guess(passphrase), 429) << "even with the right one";
  now_ += hours(1);
  EXPECT_EQ(guess(passphrase), 200);
  EXPECT_EQ(events("auth.sign-in-failed").size(), 6u);
}

TEST_F(ApiTest, WhatIsNoRequestOfOurs) {
  Request foreign = request("GET", "/healthz");
  foreign.headers = {{"host", "evil.example"}};
  EXPECT_EQ(call(foreign).status, 421);
  foreign.headers.clear();
  EXPECT_EQ(call(foreign).status, 421);
  EXPECT_EQ(call("GET", "/api/v1/../../etc/passwd").status, 400);
  EXPECT_EQ(call("GET", "/api/v1/assets/%2e%2e").status, 400);
  EXPECT_EQ(call("GET", "/nothing").status, 404);
  EXPECT_EQ(call("GET", "/").status, 404);
  const Response wrong = call("PUT", "/healthz");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.front(), (std::pair<std::string, std::string>("Allow", "GET, HEAD")));
  EXPECT_EQ(json::parse(wrong.body)["status"], 405);
  EXPECT_EQ(wrong.type, "application/problem+json");
  const Browser browser = add("anna", journal::Role::viewer);
  for (const char* query : {"limit=0", "limit=x", "limit=100000", "kind=%00", "kind=ship", "level=huge", "sort=x",
                            "gone=maybe", "cursor=%zz", "limit=1&limit=2"})
    EXPECT_EQ(call(browser, "GET", std::string("/api/v1/assets?") + query).status, 400) << query;
  // Signs of SQL are text like any other.
  EXPECT_EQ(call(browser, "GET", "/api/v1/assets?text=%27%20OR%201%3D1--").body.find("docker:"), std::string::npos);
  EXPECT_EQ(call(browser, "GET", "/api/v1/assets/%27%20OR%201%3D1--").status, 404);
}

TEST_F(ApiTest, AssetsComeInPagesAndAreTagged) {
  const Browser browser = add("anna", journal::Role::viewer);
  Report report;
  for (int i = 0; i < 25; ++i) report.assets.push_back(container("c" + std::to_string(i), 40 + i));
  keep(report);
  std::set<std::string> seen;
  int last = 101;
  std::string cursor;
  do {
    const Response page = call(browser, "GET", "/api/v1/assets?limit=10&cursor=" + cursor);
    ASSERT_EQ(page.status, 200) << page.body;
    const json body = json::parse(page.body);
    for (const json& row : body["items"]) {
      EXPECT_TRUE(seen.insert(row["id"]).second);
      EXPECT_LE(row["score"], last);
      last = row["score"];
    }
    cursor = body["next"].is_null() ? "" : body["next"].get<std::string>();
  } while (!cursor.empty());
  EXPECT_EQ(seen.size(), 25u);

  const Response one = call(browser, "GET", "/api/v1/assets/docker%3Ac3");
  ASSERT_EQ(one.status, 200);
  EXPECT_EQ(json::parse(one.body)["report"]["threats"][0]["id"], "CVE-2026-0001");
  EXPECT_EQ(json::parse(one.body)["row"]["score"], 43);
  std::string tag;
  for (const auto& [name, value] : one.headers) tag = name == "ETag" ? value : tag;
  Request again = as(browser, request("GET", "/api/v1/assets/docker%3Ac3"));
  again.headers.emplace_back("if-none-match", tag);
  EXPECT_EQ(call(again).status, 304);
  EXPECT_TRUE(call(again).body.empty());
  const json group = json::parse(call(browser, "GET", "/api/v1/threats/CVE-2026-0001").body);
  EXPECT_EQ(group["assets"], 25);
  EXPECT_EQ(json::parse(call(browser, "GET", "/api/v1/threats/CVE-2026-0001/assets?limit=7").body)["items"].size(), 7u);
  EXPECT_EQ(json::parse(call(browser, "GET", "/api/v1/assets/docker%3Ac3/history").body)["items"][0]["score"], 43);
  EXPECT_EQ(json::parse(call(browser, "GET", "/api/v1/summary").body)["containers"], 25);
  EXPECT_EQ(json::parse(call(browser, "GET", "/api/v1/graph").body)["nodes"].size(), 25u);
}

TEST_F(ApiTest, ReportsInEveryFormat) {
  const Browser browser = add("anna", journal::Role::viewer);
  EXPECT_EQ(call(browser, "GET", "/api/v1/reports").status, 503);
  Report report;
  report.assets = {container("web", 91), container("db", 41)};
  for (AssetReport& asset : report.assets) {
    asset.packages = {{}};
    asset.packages.front().name = "openssl";
    asset.threats.front().package = asset.packages.front();
  }
  keep(report);
  for (const char* format : {"json", "html", "markdown", "csv", "sarif", "junit", "cyclonedx", "table"}) {
    const Response answer = call(browser, "GET", std::string("/api/v1/reports?format=") + format);
    EXPECT_EQ(answer.status, 200) << format;
    EXPECT_NE(answer.body.find("CVE-2026-0001"), std::string::npos) << format;
  }
  EXPECT_EQ(get(browser, "/api/v1/reports?format=spdx")["packages"].size(), 4u);
  EXPECT_EQ(get(browser, "/api/v1/reports?asset=docker:db")["assets"].size(), 1u);
  EXPECT_EQ(get(browser, "/api/v1/reports?node=box")["assets"].size(), 2u);
  EXPECT_EQ(call(browser, "GET", "/api/v1/reports?node=elsewhere").status, 404);
  EXPECT_EQ(call(browser, "GET", "/api/v1/reports?image=none:1").status, 404);
  EXPECT_EQ(call(browser, "GET", "/api/v1/reports?asset=docker:none").status, 404);
  EXPECT_EQ(call(browser, "GET", "/api/v1/reports?format=exe").status, 400);
}

TEST_F(ApiTest, TheEventStreamResumesAndEndsWithTheSession) {
  const Browser browser = add("anna", journal::Role::viewer);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(api_->tell("test.event", "test", "{\"i\": " + std::to_string(i) + "}").ok());
  const std::vector<journal::Event> before = events("test.");
  Request asked = as(browser, request("GET", "/api/v1/events/stream"));
  asked.headers.emplace_back("last-event-id", std::to_string(before[2].sequence));
  const Response answer = call(asked);
  ASSERT_TRUE(answer.stream);
  EXPECT_EQ(answer.type, "text/event-stream");
  const std::string missed = answer.stream().value();
  EXPECT_EQ(missed.find("id: " + std::to_string(before[2].sequence) + "\n"), std::string::npos);
  EXPECT_NE(missed.find("id: " + std::to_string(before[3].sequence) + "\nevent: test.event\n"), std::string::npos);
  EXPECT_NE(missed.find("id: " + std::to_string(before[4].sequence) + "\n"), std::string::npos);
  // The lines of one event's data are one JSON text.
  const std::string frame = sse_frame(before[4]);
  std::string data;
  for (const std::string_view line : split(frame, '\n')) data += line.starts_with("data: ") ? line.substr(6) : "";
  EXPECT_EQ(json::parse(data)["body"]["i"], 4);
  EXPECT_EQ(answer.stream().value(), "");
  ASSERT_TRUE(api_->tell("test.event", "test", "{}").ok());
  EXPECT_NE(answer.stream().value().find("event: test.event"), std::string::npos);
  EXPECT_EQ(call(browser, "POST", "/api/v1/logout").status, 204);
  EXPECT_FALSE(answer.stream().has_value());
  asked.headers.back().second = "x";
  EXPECT_EQ(call(asked).status, 401);
}

TEST_F(ApiTest, TheJournalTellsWhoDidWhat) {
  const Browser admin = add("anna", journal::Role::admin);
  EXPECT_EQ(call(admin, "POST", "/api/v1/scan").status, 202);
  EXPECT_EQ(call(add("vera", journal::Role::viewer), "POST", "/api/v1/scan").status, 403);
  const json log = json::parse(call(admin, "GET", "/api/v1/events").body);
  std::vector<std::string> kinds;
  for (const json& event : log["items"])
    kinds.push_back(event["kind"].get<std::string>() + " " + event["actor"].get<std::string>());
  EXPECT_EQ(kinds, (std::vector<std::string>{"auth.sign-in user:anna", "scan.asked user:anna", "auth.sign-in user:vera",
                                             "auth.refused user:vera"}));
  EXPECT_EQ(json::parse(call(admin, "GET", "/api/v1/log/verification").body)["whole"], true);
}

TEST_F(ApiTest, WatchersAreAnswered) {
  EXPECT_EQ(call("GET", "/healthz").status, 200);
  EXPECT_EQ(call("GET", "/readyz").status, 503);
  world_.set_ready();
  EXPECT_EQ(call("GET", "/readyz").status, 200);
  const Response metrics = call(add("anna", journal::Role::viewer), "GET", "/metrics");
  EXPECT_NE(metrics.body.find("\nplimsoll_journal_writable 1\n"), std::string::npos) << metrics.body;
  for (const std::string_view line : split(metrics.body, '\n'))
    EXPECT_TRUE(line.empty() || line[0] == '#' || line.find(' ') != line.npos) << line;
}

}  // namespace
}  // namespace plimsoll::server
