#include <filesystem>

#include "base/file.h"
#include "base/sha256.h"
#include "server/policy_log.h"
#include "server/test_api.h"

namespace plimsoll::server {
namespace {

constexpr const char* first = "schema: plimsoll.policy/1\nadditions: {reaches_wan: 7}\n";
constexpr const char* second = "schema: plimsoll.policy/1\nadditions: {reaches_wan: 8}\n";
constexpr const char* broken = "schema: plimsoll.policy/1\nadditions:\n  reaches_wam: 7\n  can_escape: many\n";

class PoliciesTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    admin_ = add("anna", journal::Role::admin);
    operator_ = add("otto", journal::Role::operator_);
    viewer_ = add("vera", journal::Role::viewer);
  }
  Response put(const Browser& who, const std::string& name, const std::string& before, const std::string& text) {
    return call(who, "PUT", "/api/v1/policies/" + name, json{{"text", text}, {"before", before}}.dump());
  }
  json asked(const std::string& what, const std::string& name, const std::string& text) {
    const Response answer =
        call(operator_, "POST", "/api/v1/policies/" + what, json{{"name", name}, {"text", text}}.dump());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.status == 200 ? json::parse(answer.body) : json();
  }
  std::string file(const std::string& name) const { return policies_place() + "/" + name; }
  // What the service does once it reads the files again.
  std::string bring_into_force(const std::string& name, const std::string& text) {
    policy_files_ = {{file(name), text}};
    EXPECT_TRUE(log_policy(*journal_, policy_files_, now_).ok());
    return std::to_string(events("policy.changed").back().sequence);
  }

  Browser admin_, operator_, viewer_;
};

TEST_F(PoliciesTest, AnAdminPutsAFileThatTheEditorBeganWith) {
  const Response made = put(admin_, "10-ours.yaml", "", first);
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(json::parse(made.body)["sha256"], sha256_hex(first));
  EXPECT_EQ(read_file(file("10-ours.yaml")).value_or(""), first);
  EXPECT_EQ(put(admin_, "10-ours.yaml", "", second).status, 412);
  EXPECT_EQ(put(admin_, "10-ours.yaml", sha256_hex(second), second).status, 412);
  EXPECT_EQ(put(admin_, "10-ours.yaml", sha256_hex(first), second).status, 200);
  const auto written = events("policy.written");
  ASSERT_EQ(written.size(), 2u);
  EXPECT_EQ(written[1].actor, "user:anna");
  EXPECT_EQ(json::parse(written[1].body)["before"], sha256_hex(first));
  EXPECT_EQ(json::parse(written[1].body)["sha256"], sha256_hex(second));
}

TEST_F(PoliciesTest, NobodyElsePutsOneAndNoneIsPutElsewhere) {
  EXPECT_EQ(put(operator_, "a.yaml", "", first).status, 403);
  EXPECT_EQ(put(viewer_, "a.yaml", "", first).status, 403);
  EXPECT_EQ(call("PUT", "/api/v1/policies/a.yaml", "{}").status, 401);
  for (const char* name : {"..%2Fa.yaml", "%2Fetc%2Fa.yaml", "A.yaml", ".a.yaml", "a.yml", "a.yaml.new", "built-in"})
    EXPECT_EQ(put(admin_, name, "", first).status, 400) << name;
  EXPECT_EQ(put(admin_, "a.yaml", "none\nx", first).status, 400);
  EXPECT_EQ(put(admin_, "a.yaml", "", std::string(300'000, '#')).status, 503);
  EXPECT_FALSE(std::filesystem::exists(policies_place()));
  EXPECT_TRUE(events("policy.written").empty());
}

TEST_F(PoliciesTest, ABrokenOneIsRefusedWithItsPlace) {
  const Response refused = put(admin_, "a.yaml", "", broken);
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("a.yaml:3:3"), std::string::npos) << refused.body;
  EXPECT_FALSE(std::filesystem::exists(file("a.yaml")));
}

TEST_F(PoliciesTest, AnAdminRemovesTheFileThatIsThere) {
  ASSERT_EQ(put(admin_, "a.yaml", "", first).status, 200);
  bring_into_force("a.yaml", first);
  const std::string path = "/api/v1/policies/a.yaml?before=";
  EXPECT_EQ(call(operator_, "DELETE", path + sha256_hex(first)).status, 403);
  EXPECT_EQ(call(admin_, "DELETE", path + sha256_hex(second)).status, 412);
  EXPECT_EQ(call(admin_, "DELETE", path).status, 400);
  EXPECT_EQ(call(admin_, "DELETE", "/api/v1/policies/b.yaml?before=" + sha256_hex(first)).status, 412);
  ASSERT_TRUE(std::filesystem::exists(file("a.yaml")));
  EXPECT_EQ(call(admin_, "DELETE", path + sha256_hex(first)).status, 204);
  EXPECT_FALSE(std::filesystem::exists(file("a.yaml")));
  const auto removed = events("policy.removed");
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_EQ(removed[0].actor, "user:anna");
  policy_files_.clear();
  EXPECT_TRUE(log_policy(*journal_, policy_files_, now_).ok());
  const json newest = get(viewer_, "/api/v1/policies/versions")["items"][0];
  EXPECT_EQ(newest["files"][0]["change"], "gone");
  EXPECT_EQ(newest["by"], json::array({"user:anna"}));
}

TEST_F(PoliciesTest, ChecksATextAsItStandsAmongTheOthers) {
  const json faults = asked("check", "a.yaml", broken)["faults"];
  ASSERT_EQ(faults.size(), 2u) << faults;
  EXPECT_EQ(faults[0]["line"], 3);
  EXPECT_EQ(faults[0]["column"], 3);
  EXPECT_NE(faults[0]["what"].get<std::string>().find("reaches_wan"), std::string::npos) << "what to write instead";
  EXPECT_EQ(faults[1]["line"], 4);
  EXPECT_TRUE(asked("check", "a.yaml", first)["faults"].empty());
  policy_files_ = {{file("b.yaml"), broken}};
  EXPECT_EQ(asked("check", "a.yaml", first)["faults"][0]["name"], "b.yaml");
  EXPECT_TRUE(asked("check", "b.yaml", first)["faults"].empty()) << "it takes the place of the one in force";
  EXPECT_EQ(call(viewer_, "POST", "/api/v1/policies/check", "{}").status, 403);
  EXPECT_EQ(call(operator_, "POST", "/api/v1/policies/check", R"({"name":"../a.yaml","text":""})").status, 400);
  EXPECT_TRUE(events("policy.checked").empty());
}

TEST_F(PoliciesTest, TriesATextOverWhatIsStored) {
  const std::string text =
      "schema: plimsoll.policy/1\nadditions: {by_label: [{name: data, label: data=customers, points: 40}]}\n"
      "responses: {rules: [{id: hold, title: Hold it, when: {asset: {name: web}, score: 40}, do: [pause], mode: "
      "ask}]}\n";
  const json body{{"name", "a.yaml"}, {"text", text}};
  EXPECT_EQ(call(operator_, "POST", "/api/v1/policies/try", body.dump()).status, 503) << "nothing is stored";
  Report report;
  report.assets = {container("web", 10), container("db", 10)};
  report.assets[0].asset.labels["data"] = "customers";
  keep(report);
  const json trial = asked("try", "a.yaml", text);
  EXPECT_EQ(trial["assets"], 2);
  ASSERT_EQ(trial["scores"].size(), 1u) << trial;
  EXPECT_EQ(trial["scores"][0]["name"], "web");
  EXPECT_EQ(trial["scores"][0]["after"].get<int>() - trial["scores"][0]["before"].get<int>(), 40);
  json fires;
  for (const json& each : trial["responses"]) {
    if (each["rule"] == "hold") fires = each;
  }
  EXPECT_EQ(fires["change"], "added");
  EXPECT_EQ(fires["what"], "pause it");
  EXPECT_EQ(fires["mode"], "ask");
  EXPECT_EQ(events("policy.tried").size(), 1u);
  EXPECT_EQ(call(operator_, "POST", "/api/v1/policies/try", json{{"name", "a.yaml"}, {"text", broken}}.dump()).status,
            400);
  EXPECT_EQ(call(viewer_, "POST", "/api/v1/policies/try", body.dump()).status, 403);
  EXPECT_EQ(json::parse(call(viewer_, "GET", "/api/v1/assets/docker:web").body)["row"]["score"], 10)
      << "nothing is done";
}

TEST_F(PoliciesTest, ListsWhatIsInForceAndShowsTheDisk) {
  EXPECT_TRUE(get(viewer_, "/api/v1/policies")["since"].is_null());
  ASSERT_EQ(put(admin_, "a.yaml", "", first).status, 200);
  EXPECT_TRUE(get(viewer_, "/api/v1/policies")["items"].empty()) << "it is not in force before it is read again";
  json shown = get(viewer_, "/api/v1/policies/a.yaml");
  EXPECT_EQ(shown["text"], first);
  EXPECT_EQ(shown["on_disk"], true);
  EXPECT_EQ(shown["in_force"], false);
  bring_into_force("a.yaml", first);
  const json listed = get(viewer_, "/api/v1/policies");
  EXPECT_EQ(listed["items"][0]["name"], "a.yaml");
  EXPECT_EQ(listed["items"][0]["writable"], true);
  EXPECT_EQ(listed["since"], format_rfc3339(now_));
  EXPECT_EQ(get(viewer_, "/api/v1/policies/a.yaml")["in_force"], true);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/policies/b.yaml").status, 404);
  EXPECT_NE(get(viewer_, "/api/v1/policies/built-in")["text"].get<std::string>().find("schema:"), std::string::npos);
}

TEST_F(PoliciesTest, ExceptionsOfFilesStandAmongThoseOfPeopleAndEndInTheirFile) {
  const auto with = made({{file("a.yaml"),
                           "schema: plimsoll.policy/1\nexceptions:\n"
                           "  - {threat: net.scan.*, owner: anna, reason: our own, scope: {image: \"probe:*\"}, "
                           "expires: 2099-01-01}\n"}});
  ASSERT_TRUE(with.ok()) << with.error().to_string();
  in_force_.replace(*with);
  const json listed = get(viewer_, "/api/v1/exceptions")["items"];
  ASSERT_EQ(listed.size(), 1u) << listed;
  EXPECT_EQ(listed[0]["scope"], "policy");
  EXPECT_EQ(listed[0]["owner"], "anna");
  EXPECT_NE(listed[0]["created_by"].get<std::string>().find("a.yaml:3"), std::string::npos) << listed;
  EXPECT_NE(listed[0]["selection"].get<std::string>().find("probe:*"), std::string::npos) << listed;
  EXPECT_EQ(get(viewer_, "/api/v1/exceptions?threat=net.scan.ports")["items"].size(), 1u);
  EXPECT_TRUE(get(viewer_, "/api/v1/exceptions?threat=net.flood")["items"].empty());
  EXPECT_TRUE(get(viewer_, "/api/v1/exceptions?state=expired")["items"].empty());
  const std::string id = listed[0]["id"];
  std::string escaped;
  for (const char c : id) escaped += c == ':' ? std::string("%3A") : std::string(1, c);
  const Response kept = call(operator_, "DELETE", "/api/v1/exceptions/" + escaped);
  EXPECT_EQ(kept.status, 409) << kept.body;
  EXPECT_NE(kept.body.find("a.yaml:3"), std::string::npos) << kept.body;
}

TEST_F(PoliciesTest, VersionsSayWhoAndWhatChanged) {
  ASSERT_EQ(put(admin_, "a.yaml", "", first).status, 200);
  const std::string one = bring_into_force("a.yaml", first);
  const std::string two = bring_into_force("a.yaml", second);  // by hand
  const json items = get(viewer_, "/api/v1/policies/versions")["items"];
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(std::to_string(items[0]["entry"].get<int>()), two);
  EXPECT_EQ(items[0]["files"][0]["change"], "changed");
  EXPECT_TRUE(items[0]["by"].empty());
  EXPECT_EQ(items[1]["files"][0]["change"], "added");
  EXPECT_EQ(items[1]["by"], json::array({"user:anna"}));
  EXPECT_EQ(get(viewer_, "/api/v1/policies/versions?limit=1")["items"][0]["files"][0]["change"], "changed");
  EXPECT_EQ(get(viewer_, "/api/v1/policies/versions/" + one)["files"][0]["text"], first);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/policies/versions/999999").status, 404);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/policies/versions/x").status, 400);
  const json diff = get(viewer_, "/api/v1/policies/diff?from=" + one + "&to=" + two);
  std::string lines;
  for (const json& line : diff["files"][0]["lines"]) lines += line["kind"].get<std::string>().substr(0, 1);
  EXPECT_EQ(lines, "sras") << diff;
  EXPECT_EQ(get(viewer_, "/api/v1/policies/diff?from=0&to=" + two)["files"][0]["change"], "added");
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/policies/diff?from=" + one).status, 400);
}

class PoliciesByHandTest : public PoliciesTest {
 protected:
  bool writes_policies() const override { return false; }
};

TEST_F(PoliciesByHandTest, WhereTheOperatorDidNotAllowItNothingIsWritten) {
  const Response refused = put(admin_, "a.yaml", "", first);
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("--policies-by-api"), std::string::npos) << refused.body;
  EXPECT_EQ(call(admin_, "DELETE", "/api/v1/policies/a.yaml?before=" + sha256_hex(first)).status, 403);
  const json listed = get(viewer_, "/api/v1/policies");
  EXPECT_EQ(listed["writes"], false);
  EXPECT_EQ(listed["why"], policies_not_by_api);
  bring_into_force("a.yaml", first);
  const json shown = get(viewer_, "/api/v1/policies/a.yaml");
  EXPECT_EQ(shown["text"], first) << "what came into force is shown all the same";
  EXPECT_EQ(shown["on_disk"], false);
  EXPECT_TRUE(asked("check", "a.yaml", second)["faults"].empty()) << "a text can be checked";
}

}  // namespace
}  // namespace plimsoll::server
