// Every answer to a GET, held against docs/openapi.yaml: what must be there is there, of the type that is written, and
// nothing is there that is not written.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "server/policy_log.h"
#include "server/routes.h"
#include "server/test_api.h"

namespace plimsoll::server {
namespace {

// As much of JSON Schema as the description uses.
class Contract {
 public:
  Contract() : file_(YAML::LoadFile(PLIMSOLL_SOURCE_DIR "/docs/openapi.yaml")) {}

  YAML::Node schema_of(const std::string& path, const std::string& method = "get") const {
    YAML::Node here = file_["paths"];
    for (const std::string& name : {path, method, std::string("responses"), std::string("200"), std::string("content"),
                                    std::string("application/json"), std::string("schema")}) {
      const YAML::Node& within = here;
      if (!within.IsMap() || !within[name]) return YAML::Node(YAML::NodeType::Undefined);
      here.reset(within[name]);
    }
    return here;
  }

  void hold(const json& value, const YAML::Node& schema, const std::string& where) {
    if (const YAML::Node ref = schema["$ref"]) return hold(value, resolve(ref.as<std::string>()), where);
    if (const YAML::Node type = schema["type"]; type && !has_type(value, type)) {
      ADD_FAILURE() << where << " is " << value.type_name() << ": " << value.dump().substr(0, 100);
      return;
    }
    if (const YAML::Node words = schema["enum"]; words && !is_one_of(value, words))
      ADD_FAILURE() << where << " is none of the words: " << value.dump();
    if (value.is_object()) hold_object(value, schema, where);
    if (value.is_array() && schema["items"]) {
      for (size_t i = 0; i < value.size(); ++i) hold(value[i], schema["items"], where + "[" + std::to_string(i) + "]");
    }
  }

 private:
  YAML::Node resolve(const std::string& ref) const {
    return file_["components"]["schemas"][ref.substr(ref.rfind('/') + 1)];
  }

  static bool is_type(const json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    return type == "null" && value.is_null();
  }
  static bool has_type(const json& value, const YAML::Node& type) {
    if (type.IsScalar()) return is_type(value, type.as<std::string>());
    for (const YAML::Node& each : type) {
      if (is_type(value, each.as<std::string>())) return true;
    }
    return false;
  }
  static bool is_one_of(const json& value, const YAML::Node& words) {
    for (const YAML::Node& word : words) {
      if (value.is_null() ? word.IsNull() : value.is_string() && word.as<std::string>() == value.get<std::string>())
        return true;
    }
    return false;
  }

  void hold_object(const json& value, const YAML::Node& schema, const std::string& where) {
    for (const YAML::Node& name : schema["required"])
      EXPECT_TRUE(value.contains(name.as<std::string>())) << where << " lacks " << name.as<std::string>();
    const YAML::Node properties = schema["properties"], more = schema["additionalProperties"];
    if (!properties && !more) return;
    for (const auto& [name, member] : value.items()) {
      if (properties && properties[name])
        hold(member, properties[name], where + "." + name);
      else if (more && more.IsMap())
        hold(member, more, where + "." + name);
      else
        ADD_FAILURE() << where << " has " << name << ", which is not written";
    }
  }

  YAML::Node file_;
};

class ContractTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    Report report;
    report.assets = {container("web", 91), container("box", 40)};
    AssetReport& web = report.assets[0];
    web.asset.image = "web:1";
    web.container.emplace().image = {"sha256:abc"};
    web.container->processes = {{1, 0, "nginx", "/usr/sbin/nginx", Fact<uint32_t>::of(0)}};
    web.packages = {{}};
    web.packages.front().name = "openssl";
    web.threats.front().package = web.packages.front();
    web.excepted = {{web.threats.front(), "x1", "why", "anna", now_}};
    web.checks = {{"container.a",
                   "web",
                   "Section",
                   "Title",
                   CheckOutcome::fail,
                   SeverityLevel::high,
                   "e",
                   "",
                   "do",
                   {{"CIS Docker", "1.6.0", "5.1", "1", true}}}};
    web.assessment.if_fixed = IfFixed{5, ThreatLevel::low};
    web.assessment.additions = {{"privileged", 15, "inspect"}};
    web.assessment.inherited = {0.3, {{{}, "internet", 1, ""}, {{"docker:web"}, "web", 0.5, "port"}}};
    web.assessment.contributions = {{}};
    web.assessment.not_assessed = {{"a part", "because", ""}};
    web.settings = FactTree::map_of(
        {{"image", FactTree::map_of({{"config", FactTree::map_of({{"user", FactTree::of("app")}})}})}});
    AssetReport& box = report.assets[1];
    box.asset.id = {"host:box"};
    box.asset.kind = AssetKind::host;
    box.host.emplace().runtimes = {{"docker", "20", "1.41", "", {}, {}, {}}};
    Flow flow;
    flow.to.asset = {"docker:web"};
    flow.from.wan = true;
    flow.from.address = "203.0.113.9";
    flow.first_seen = flow.last_seen = now_;
    report.flows = {flow};
    report.network.events = {{}};
    report.network.events.front().target = flow.to;
    report.network.events.front().source = flow.from;
    report.network.events.front().first_seen = report.network.events.front().last_seen = now_;
    report.fixes = {{"upgrade:x", "upgrade", "Upgrade", "apt", {{{"docker:web"}, "web", 91, 40}}, 51, {{"CVE-1"}}}};
    report.together = {{1, 91, 40, 51, report.fixes.front().falls}};
    report.benchmarks = {{"CIS Docker", "1.6.0", {1, 2, 0, 3, 1}, 0.25}};
    report.threat_db.present = true;
    report.threat_db.sources = {{"kev", 5, now_}, {"epss", 5, std::nullopt}};
    keep(report);
    ASSERT_TRUE(journal_
                    ->put_setting("shown.not-assessed",
                                  R"({"items":[{"what":"a","reason":"b","remedy":"","assets":["web"],"count":1}]})")
                    .ok());
    ASSERT_TRUE(
        journal_
            ->put_setting(
                "shown.images",
                R"({"sha256:abc":{"score":5,"level":"low","counts":{"critical":0,"high":1,"medium":0,"low":0,"unknown":0}}})")
            .ok());
    admin_ = add("anna", journal::Role::admin);
    const json body{{"threat", "CVE-1"},
                    {"scope", "everywhere"},
                    {"reason", "r"},
                    {"owner", "o"},
                    {"expires_at", format_rfc3339(now_ + hours(24))}};
    ASSERT_EQ(call(admin_, "POST", "/api/v1/exceptions", body.dump()).status, 201);
    ResponseRecord response;
    response.id = "20270115-1";
    response.rule = "miner";
    response.asset = {"docker:web"};
    response.steps.resize(1);
    response.changes.resize(1);
    desk_->take(response);
    policy_files_ = {{policies_place() + "/10-a.yaml", "schema: plimsoll.policy/1\n"}};
    for (const char* more : {"", "# more\n"}) {
      policy_files_.front().second += more;
      ASSERT_TRUE(log_policy(*journal_, policy_files_, now_).ok());
    }
    entries_.clear();
    for (const journal::Event& event : events("policy.changed")) entries_.push_back(std::to_string(event.sequence));
    ASSERT_EQ(entries_.size(), 2u);
    ASSERT_EQ(call(admin_, "POST", "/api/v1/tokens", R"({"label":"ci","scope":"viewer"})").status, 201);
    now_ += std::chrono::seconds(1);
  }

  // The paths with something that is there in the place of each parameter.
  std::vector<std::string> targets_of(const std::string& path) {
    if (path == "/api/v1/assets/{id}/threats")
      return {"/api/v1/assets/docker:web/threats", "/api/v1/assets/docker:web/threats?excepted=true"};
    if (path == "/api/v1/assets") return {"/api/v1/assets", "/api/v1/assets?trail=true"};
    if (path == "/api/v1/search")
      return {"/api/v1/search?text=web", "/api/v1/search?text=CVE", "/api/v1/search?text=ssl"};
    if (path == "/api/v1/packages/{name}/assets") return {"/api/v1/packages/openssl/assets?type=deb"};
    if (path.starts_with("/api/v1/graph")) return {path, path + "?at=" + format_rfc3339(now_)};
    if (path == "/api/v1/policies/{name}") return {"/api/v1/policies/10-a.yaml", "/api/v1/policies/built-in"};
    if (path == "/api/v1/policies/versions/{entry}") return {"/api/v1/policies/versions/" + entries_[0]};
    if (path == "/api/v1/policies/diff")
      return {path + "?from=0&to=" + entries_[0], path + "?from=" + entries_[0] + "&to=" + entries_[1]};
    std::string target = path;
    const size_t open = target.find("{id}");
    if (open == std::string::npos) return {target};
    const std::string id = path.starts_with("/api/v1/threats")     ? "CVE-2026-0001"
                           : path.starts_with("/api/v1/images")    ? "sha256:abc"
                           : path.starts_with("/api/v1/responses") ? "20270115-1"
                                                                   : "docker:web";
    target.replace(open, 4, id);
    if (!path.starts_with("/api/v1/assets")) return {target};
    std::string of_host = path;
    return {target, of_host.replace(open, 4, "host:box")};
  }

  Browser admin_;
  std::vector<std::string> entries_;  // of versions of policies
};

TEST_F(ContractTest, EveryAnswerIsAsDescribed) {
  Contract contract;
  size_t held = 0;
  for (const Route& route : routes()) {
    if (route.method != "GET") continue;
    const YAML::Node schema = contract.schema_of(std::string(route.path));
    if (!schema.IsDefined()) continue;
    for (const std::string& target : targets_of(std::string(route.path))) {
      const Response answer = call(admin_, "GET", target);
      ASSERT_EQ(answer.status, 200) << target << ": " << answer.body;
      contract.hold(json::parse(answer.body), schema, target);
      ++held;
    }
  }
  EXPECT_GT(held, 40u);
}

// Questions that are asked with a body are held likewise.
TEST_F(ContractTest, AnswersAboutATextAreAsDescribed) {
  Contract contract;
  const auto held = [&](const char* path, const std::string& text) {
    const Response answer = call(admin_, "POST", path, json{{"name", "x.yaml"}, {"text", text}}.dump());
    ASSERT_EQ(answer.status, 200) << path << ": " << answer.body;
    contract.hold(json::parse(answer.body), contract.schema_of(path, "post"), path);
  };
  held("/api/v1/policies/check", "schema: plimsoll.policy/1\nnonsense: 1\n");
  held("/api/v1/policies/try",
       "schema: plimsoll.policy/1\nadditions: {by_label: []}\nresponses: {rules: [{id: x, title: t, "
       "when: {score: 0}, do: [mark]}]}\n");
}

TEST_F(ContractTest, TheHolderItselfFindsFaults) {
  const auto faults = [](const json& value, const char* schema) {
    testing::TestPartResultArray found;
    {
      const testing::ScopedFakeTestPartResultReporter reporter(
          testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &found);
      Contract().hold(value, YAML::Load(schema), "x");
    }
    return found.size();
  };
  EXPECT_EQ(faults({{"a", 1}}, "{type: object, required: [a], properties: {a: {type: integer}}}"), 0);
  EXPECT_EQ(faults({{"b", 1}}, "{type: object, required: [a], properties: {a: {type: integer}}}"), 2);
  EXPECT_EQ(faults({{"a", "1"}}, "{type: object, properties: {a: {type: integer}}}"), 1);
  EXPECT_EQ(faults("z", "{type: string, enum: [a, b]}"), 1);
  EXPECT_EQ(faults(nullptr, "{type: [string, \"null\"]}"), 0);
}

}  // namespace
}  // namespace plimsoll::server
