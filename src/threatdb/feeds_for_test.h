#pragma once
#include <map>
#include <string>

#include "feed/deflate.h"
#include "threatdb/db_for_test.h"
#include "threatdb/update.h"

namespace plimsoll::threatdb {

// A small mirror that a test changes: records of npm by id and time, and the feeds that are one file each.
class TestMirror {
 public:
  explicit TestMirror(const TestFolder& folder) : folder_(folder) {
    for (int i = 1; i <= 8; ++i) records_["A-" + std::to_string(i)] = "2026-01-01T00:00:00Z";
    folder.write("mirror/osv/ecosystems.txt", "npm\n");
    folder.write("mirror/kev/known_exploited_vulnerabilities.json",
                 R"({"dateReleased":"2026-01-01T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2026-1"}]})");
    folder.write("mirror/epss/epss_scores-current.csv.gz", feed::gzipped("cve,epss,percentile\nCVE-2026-1,0.5,0.9\n"));
    folder.write("mirror/cvss/cve-cvss.jsonl.gz",
                 feed::gzipped(R"({"id":"CVE-2026-1","severity":[{"type":"CVSS_V3","score":)"
                               R"("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"source":"nvd"})"
                               "\n"));
    write();
  }

  static std::string record(const std::string& id, const std::string& modified, const std::string& fixed) {
    return R"({"id":")" + id + R"(","modified":")" + modified +
           R"(","affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[)" +
           below(fixed) + "]}]}]}";
  }
  // As a source has it: the list, and the single records. The archive too, unless it lags behind.
  void write(bool archive_too = true) const {
    std::string list;
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto& [id, modified] : records_) {
      list += modified + "," + id + "\n";
      entries.emplace_back(id + ".json", record(id, modified, "2.0.0"));
      if (singles) folder_.write("mirror/osv/npm/" + id + ".json", entries.back().second);
    }
    folder_.write("mirror/osv/npm/modified_id.csv", list);
    if (archive_too) folder_.write("mirror/osv/npm/all.zip", zip_of(entries));
  }

  std::map<std::string, std::string> records_;
  bool singles = true;

 private:
  const TestFolder& folder_;
};

inline UpdateSettings from_mirror(const TestFolder& folder) {
  UpdateSettings out;
  out.from = folder.path("mirror");
  out.ecosystems = {"npm"};
  out.policy.attempts = 1;
  return out;
}

}  // namespace plimsoll::threatdb
