#include "threatdb/starter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "feed/cvss.h"
#include "threatdb/starter_build.h"
#include "version/compare.h"

namespace plimsoll::threatdb {
namespace {

using nlohmann::json;

std::vector<std::string> files() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(PLIMSOLL_SOURCE_DIR "/data/starter")) {
    out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<json> records() {
  std::vector<json> out;
  for (const std::string& file : files()) {
    const auto text = read_file(file, size_t{16} << 20);
    EXPECT_TRUE(text.ok());
    for (const std::string_view line : split(*text, '\n')) {
      if (!line.empty()) out.push_back(json::parse(line));
    }
  }
  return out;
}

ThreatDb pack() {
  auto db = open_starter_pack();
  EXPECT_TRUE(db.ok()) << db.error().to_string();
  return std::move(db).value();
}

bool is_one_sentence(const std::string& text) {
  const bool shape = text.size() >= 20 && text.size() <= 200 && text.back() == '.';
  return shape && text.find(". ") == std::string::npos && text.find('\n') == std::string::npos;
}

TEST(Starter, EveryRecordIsWhole) {
  std::set<std::string> ids;
  size_t exploited = 0;
  for (const json& record : records()) {
    const std::string id = record.at("id");
    EXPECT_TRUE(id.starts_with("CVE-") && ids.insert(id).second) << id;
    EXPECT_TRUE(is_one_sentence(record.at("summary"))) << id;
    EXPECT_FALSE(record.at("references").empty()) << id;
    EXPECT_FALSE(record.at("affected").empty()) << id;
    const json& specific = record.at("database_specific");
    EXPECT_FALSE(specific.at("severity_source").get<std::string>().empty()) << id;
    EXPECT_TRUE(record.contains("severity") || specific.contains("severity")) << id;
    exploited += specific.at("known_exploited").get<bool>() ? 1U : 0U;
    for (const json& severity : record.value("severity", json::array())) {
      EXPECT_TRUE(feed::score_cvss(severity.at("score").get<std::string>())) << id << severity;
    }
  }
  EXPECT_GE(ids.size(), 200U);
  EXPECT_GE(exploited, 50U);
  EXPECT_EQ(pack().info().records, ids.size());
}

TEST(Starter, EveryVersionIsOneOfItsEcosystem) {
  for (const json& record : records()) {
    for (const json& affected : record.at("affected")) {
      const std::string ecosystem = affected.at("package").at("ecosystem");
      const auto scheme = version::scheme_of(ecosystem);
      ASSERT_TRUE(scheme) << record.at("id") << ecosystem;
      for (const json& range : affected.at("ranges")) {
        for (const json& event : range.at("events")) {
          ASSERT_EQ(event.size(), 1U);
          const std::string text = event.begin().value();
          EXPECT_TRUE(text == "0" || version::is_valid(*scheme, text)) << record.at("id") << ecosystem << text;
        }
      }
    }
  }
}

TEST(Starter, TheProgramHoldsWhatTheRecordsSay) {
  const ThreatDb db = pack();
  EXPECT_TRUE(db.info().starter_pack);
  EXPECT_TRUE(db.info().present);
  for (const json& record : records()) {
    EXPECT_TRUE(db.show(record.at("id").get<std::string>()).ok()) << record.at("id");
  }
}

TEST(Starter, TheSameRecordsGiveTheSameBytes) {
  const std::string folder = ::testing::TempDir();
  const std::string first = folder + "starter_first_" + std::to_string(::getpid());
  const std::string second = folder + "starter_second_" + std::to_string(::getpid());
  ASSERT_TRUE(build_starter_image(files(), first).ok());
  ASSERT_TRUE(build_starter_image(files(), second).ok());
  EXPECT_EQ(*read_file(first, size_t{16} << 20), *read_file(second, size_t{16} << 20));
  std::filesystem::remove(first);
  std::filesystem::remove(second);
}

TEST(Starter, BrokenRecordsStopTheBuild) {
  const std::string file = ::testing::TempDir() + "starter_broken_" + std::to_string(::getpid()) + ".jsonl";
  const std::string image = file + ".db";
  const std::string good = R"({"id":"CVE-1","modified":"2026-01-01T00:00:00Z","affected":[],)"
                           R"("database_specific":{"known_exploited":false,"severity_source":"NVD"}})";
  const auto builds = [&](const std::string& text) {
    EXPECT_TRUE(write_file_atomically(file, text, 0600).ok());
    return build_starter_image({file}, image).ok();
  };
  EXPECT_TRUE(builds(good + "\n"));
  EXPECT_FALSE(builds(good + "\n" + good + "\n"));                                          // twice
  EXPECT_FALSE(builds(R"({"id":"CVE-1","modified":"2026-01-01T00:00:00Z"})"));              // no known_exploited
  EXPECT_FALSE(builds(R"({"id":"CVE-1","database_specific":{"known_exploited":false}})"));  // no date
  EXPECT_FALSE(builds("{"));
  std::filesystem::remove(file);
  std::filesystem::remove(image);
}

TEST(Starter, MatchesAndSaysWhatItDoesNotKnow) {
  const ThreatDb db = pack();
  const auto old = db.query("pkg:deb/debian/sudo@1.8.27-1?distro=debian-10");
  ASSERT_TRUE(old.ok());
  const auto found = std::find_if(old->threats.begin(), old->threats.end(),
                                  [](const Threat& t) { return t.id.value == "CVE-2021-3156"; });
  ASSERT_NE(found, old->threats.end());
  EXPECT_TRUE(found->known_exploited);
  EXPECT_EQ(found->severity.source, "NVD");
  EXPECT_EQ(found->fixed_version, "1.8.27-1+deb10u3");
  const auto fixed = db.query("pkg:golang/github.com/opencontainers/runc@v1.9.0");
  ASSERT_TRUE(fixed.ok());
  EXPECT_TRUE(fixed->threats.empty());
  ASSERT_EQ(fixed->not_assessed.size(), 1U);
  EXPECT_EQ(fixed->not_assessed[0].what, "vulnerabilities beyond the starter pack");
  const auto nothing = db.match({}, {});
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ(nothing->not_assessed.size(), 1U);
}

// A kernel image inside a container runs nothing; on the host the running one counts, by its source's version.
TEST(Starter, KernelEntriesAreTheHostsAlone) {
  const ThreatDb db = pack();
  Package kernel;
  kernel.type = PackageType::deb;
  kernel.ecosystem = "Debian:11";
  kernel.name = "linux-image-5.10.0-10-amd64";
  kernel.version = "5.10.84-1";
  kernel.source_name = "linux-signed-amd64";
  kernel.source_version = "5.10.84+1";
  Inventory inventory;
  inventory.packages = {kernel};
  const auto in_container = db.match(inventory, {AssetKind::container, ""});
  ASSERT_TRUE(in_container.ok());
  EXPECT_TRUE(in_container->threats.empty());
  const auto on_host = db.match(inventory, {AssetKind::host, "5.10.0-10-amd64"});
  ASSERT_TRUE(on_host.ok());
  EXPECT_TRUE(std::any_of(on_host->threats.begin(), on_host->threats.end(),
                          [](const Threat& t) { return t.id.value == "CVE-2022-0847"; }));
}

TEST(Starter, OnlyTheUnnamedPlaceFallsBack) {
  EXPECT_FALSE(open_or_starter_pack("/nonexistent/threats.db").ok());
  ASSERT_EQ(::setenv("PLIMSOLL_DB", "/nonexistent/threats.db", 1), 0);
  const auto db = open_or_starter_pack("");
  ::unsetenv("PLIMSOLL_DB");
  ASSERT_TRUE(db.ok());
  EXPECT_TRUE(db->info().starter_pack);
}

}  // namespace
}  // namespace plimsoll::threatdb
