#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/api.h"
#include "server/policy_desk.h"
#include "server/policy_judge.h"
#include "server/policy_keeper.h"
#include "server/response_desk.h"
#include "system/test_directory.h"

// For tests: the API over a real journal, with a clock of its own.
namespace plimsoll::server {

using nlohmann::json;
using std::chrono::hours;

inline constexpr const char* passphrase = "a long pass phrase";

inline AssetReport container(const std::string& name, int score) {
  AssetReport out;
  out.asset.id = {"docker:" + name};
  out.asset.kind = AssetKind::container;
  out.asset.name = name;
  out.asset.node = "box";
  out.asset.status = "running";
  out.assessment.score = score;
  out.assessment.level = score >= 90 ? ThreatLevel::critical : ThreatLevel::medium;
  Threat threat;
  threat.id = {"CVE-2026-0001"};
  threat.title = "a hole </script>";
  threat.severity.level = SeverityLevel::high;
  threat.severity.score = 8.1;
  out.threats.push_back(threat);
  return out;
}

class ApiTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = journal::open_journal(directory_ / "journal.db");
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    journal_ = std::move(*opened);
    ApiGround ground{.journal = *journal_, .world = world_, .hosts = {"localhost"}};
    ground.policy = &in_force_;
    ground.ask_for_scan = [this] { return ++scans_ > 0; };
    ground.ask_for_scan_of = [this](const AssetId& id) {
      scanned_.push_back(id.value);
      return true;
    };
    ground.ask_for_update = [this] { return ++updates_ > 0; };
    ground.judge_anew = [this] { ++judged_; };
    ground.now = [this] { return now_; };
    ground.steady_now = [this] { return now_.time_since_epoch().count(); };
    desk_ = std::make_unique<ResponseDesk>(
        ResponseDesk::Ground{*journal_, policy_, true,
                             [this](const wire::ResponseRequest& asked) {
                               asked_.push_back(asked);
                               return true;
                             },
                             ground.now,
                             [this](const std::string& id, const std::vector<std::string>&, const ResponseRecord&) {
                               alerts_.push_back(id);
                             }});
    ground.responses = desk_.get();
    policies_ = std::make_unique<PolicyDesk>(PolicyDesk::Ground{
        policies_place(), writes_policies(),
        [this](std::string_view request) {
          const auto answer = policy_answer_of(PolicyKeeper(policies_place(), writes_policies()).answer(request));
          if (answer.ok()) policies_->take(*answer);
          return true;
        },
        [this] { return policy_files_; }, made,
        [this](const InForce& other) { return try_on_stored({*journal_, in_force_, {}}, other, now_); }});
    ground.policies = policies_.get();
    api_ = std::make_unique<Api>(ground);
  }

  // What files come to, with no benchmark rules.
  static Result<InForce> made(const PolicyFiles& files) {
    InForce out;
    out.files = files;
    PLIMSOLL_TRY(policy, policy::parse_policies(files));
    out.policy = std::move(policy);
    return out;
  }
  // Where files of policies are written, and whether that is allowed.
  std::string policies_place() const { return directory_ / "policies"; }
  virtual bool writes_policies() const { return true; }

  static Request request(const std::string& method, const std::string& target, const std::string& body = {}) {
    Request out;
    out.method = method;
    out.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string::npos) out.query = target.substr(target.find('?') + 1);
    out.headers = {{"host", "localhost:8443"}};
    if (!body.empty()) out.headers.emplace_back("content-type", "application/json");
    out.body = body;
    out.peer = "127.0.0.1";
    out.secure = true;
    return out;
  }
  Response call(Request asked) { return api_->handle(asked); }
  Response call(const std::string& method, const std::string& target, const std::string& body = {}) {
    return call(request(method, target, body));
  }

  // What a browser holds.
  struct Browser {
    std::string cookie, csrf;
  };
  static Browser browser_of(const Response& response) {
    Browser out;
    for (const auto& [name, value] : response.headers) {
      if (name == "Set-Cookie") out.cookie = value.substr(0, value.find(';'));
    }
    out.csrf = json::parse(response.body).value("csrf", "");
    return out;
  }
  static Request as(const Browser& browser, Request asked) {
    if (!browser.cookie.empty()) asked.headers.emplace_back("cookie", browser.cookie);
    if (!browser.csrf.empty()) asked.headers.emplace_back("x-plimsoll-csrf", browser.csrf);
    return asked;
  }
  Browser add(const std::string& name, journal::Role role) {
    journal::User user;
    user.name = name;
    user.role = role;
    user.secret_hash = *hash_passphrase(passphrase);
    EXPECT_TRUE(journal_->put_user(user).ok());
    return log_in(name);
  }
  Browser log_in(const std::string& name) {
    const Response in = call("POST", "/api/v1/login", json{{"name", name}, {"passphrase", passphrase}}.dump());
    EXPECT_EQ(in.status, 200) << in.body;
    return browser_of(in);
  }
  Response call(const Browser& browser, const std::string& method, const std::string& target,
                const std::string& body = {}) {
    return call(as(browser, request(method, target, body)));
  }
  // The answer to a GET, which must be there.
  json get(const Browser& browser, const std::string& target) {
    const Response answer = call(browser, "GET", target);
    EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
    return answer.status == 200 ? json::parse(answer.body) : json();
  }
  void keep(Report report) {
    report.generated_at = now_;
    for (AssetReport& asset : report.assets) asset.scanned_at = now_;
    journal::Recording how;
    how.whole_nodes = {"box"};
    const auto kept = journal_->record(report, how);
    ASSERT_TRUE(kept.ok()) << kept.error().to_string();
    world_.set_ready();
  }
  std::vector<journal::Event> events(const std::string& kind) {
    journal::EventQuery query;
    query.kind = kind;
    return *journal_->events(query);
  }

  system::TestDirectory directory_;
  std::unique_ptr<journal::Journal> journal_;
  World world_;
  Instant now_{std::chrono::seconds(1'800'000'000)};
  int scans_ = 0, updates_ = 0, judged_ = 0;
  std::vector<std::string> scanned_;
  ResponsePolicy policy_;
  std::vector<wire::ResponseRequest> asked_;
  std::vector<std::string> alerts_;
  std::unique_ptr<ResponseDesk> desk_;
  PolicyDesk::Files policy_files_;  // in force
  PolicyInForce in_force_{*made({})};
  std::unique_ptr<PolicyDesk> policies_;
  std::unique_ptr<Api> api_;
};

}  // namespace plimsoll::server
