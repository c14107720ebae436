#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "feed/inflate.h"
#include "threatdb/threatdb.h"

namespace plimsoll::threatdb {

// A folder of its own for one test, removed at its end.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "plimsoll-threatdb-XXXXXX").string();
    path_ = ::mkdtemp(name.data()) == nullptr ? "" : name;
  }
  ~TestFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = path(name);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }

 private:
  std::string path_;
};

inline void append_number(std::string& to, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>((value >> (8 * i)) & 0xff);
}

// A zip archive of stored entries.
inline std::string zip_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out, directory;
  for (const auto& [name, text] : entries) {
    std::string common;
    append_number(common, 20, 2);
    append_number(common, 0, 2);
    append_number(common, 0, 2);
    append_number(common, 0, 4);
    append_number(common, feed::crc32_of(text), 4);
    append_number(common, text.size(), 4);
    append_number(common, text.size(), 4);
    append_number(common, name.size(), 2);
    append_number(common, 0, 2);
    append_number(directory, 0x02014b50, 4);
    append_number(directory, 20, 2);
    directory += common;
    append_number(directory, 0, 2);
    append_number(directory, 0, 2);
    append_number(directory, 0, 2);
    append_number(directory, 0, 4);
    append_number(directory, out.size(), 4);
    directory += name;
    append_number(out, 0x04034b50, 4);
    out += common + name + text;
  }
  const size_t start = out.size();
  out += directory;
  append_number(out, 0x06054b50, 4);
  append_number(out, 0, 4);
  append_number(out, entries.size(), 2);
  append_number(out, entries.size(), 2);
  append_number(out, directory.size(), 4);
  append_number(out, start, 4);
  append_number(out, 0, 2);
  return out;
}

// One record with one package and one range; `more` is put in front of "affected" ("\"aliases\":[...],").
inline std::string osv(const std::string& id, const std::string& ecosystem, const std::string& package,
                       const std::string& events, const std::string& more = "", const std::string& type = "ECOSYSTEM") {
  return R"({"schema_version":"1.7.0","id":")" + id + R"(","modified":"2026-01-02T03:04:05Z",)" + more +
         R"("affected":[{"package":{"ecosystem":")" + ecosystem + R"(","name":")" + package +
         R"("},"ranges":[{"type":")" + type + R"(","events":[)" + events + "]}]}]}";
}

inline std::string below(const std::string& fixed) { return R"({"introduced":"0"},{"fixed":")" + fixed + "\"}"; }

// A database of these records; more files (KEV, EPSS, CVSS) beside.
inline Result<ThreatDb> db_of(const TestFolder& folder, const std::vector<std::string>& records,
                              std::vector<std::string> files = {}) {
  std::string all = "[";
  for (const std::string& record : records) all += (all.size() > 1 ? "," : "") + record;
  files.push_back(folder.write("records.json", all + "]"));
  const auto report = import_files(files, folder.path("test.db"));
  if (!report.ok()) return report.error();
  if (!report->skipped.empty())
    return Error{ErrorKind::bug, "skipped " + report->skipped[0].what + ": " + report->skipped[0].reason};
  return ThreatDb::open(folder.path("test.db"));
}

inline Package deb(const std::string& name, const std::string& version, const std::string& source = "",
                   const std::string& source_version = "") {
  Package out;
  out.type = PackageType::deb;
  out.ecosystem = "Debian:12";
  out.name = name;
  out.version = version;
  out.source_name = source.empty() ? name : source;
  out.source_version = source_version.empty() ? version : source_version;
  return out;
}

inline Package language(PackageType type, const std::string& ecosystem, const std::string& name,
                        const std::string& version) {
  Package out;
  out.type = type;
  out.ecosystem = ecosystem;
  out.name = name;
  out.version = version;
  return out;
}

inline Matches match_all(const ThreatDb& db, std::vector<Package> packages, const MatchContext& context = {}) {
  Inventory inventory;
  inventory.packages = std::move(packages);
  auto matches = db.match(inventory, context);
  EXPECT_TRUE(matches.ok()) << (matches.ok() ? "" : matches.error().to_string());
  return matches.ok() ? std::move(matches).value() : Matches{};
}

// "CVE-1 name version" of every threat.
inline std::set<std::string> triples(const Matches& matches) {
  std::set<std::string> out;
  for (const Threat& threat : matches.threats)
    out.insert(threat.id.value + " " + threat.package->name + " " + threat.package->version);
  return out;
}

using Strings = std::set<std::string>;

}  // namespace plimsoll::threatdb
