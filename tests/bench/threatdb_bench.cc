// Speed of the threat database on a real mirror. Usage: threatdb_bench MIRROR [ROUNDS]
// Everything is a ratio within one run: the build against inflating the same archives, the look-ups against a
// std::unordered_map with the same keys in memory.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "feed/advisory.h"
#include "threatdb/lookup.h"
#include "threatdb/mirror.h"
#include "threatdb/threatdb.h"

namespace {

using namespace plimsoll;
using Clock = std::chrono::steady_clock;

double seconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double best_of(int rounds, const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) best = std::min(best, seconds(work));
  return best;
}

// One thread, inflating alone: what no import can do without.
uint64_t inflate_all(const std::string& mirror_folder) {
  uint64_t bytes = 0;
  auto mirror = threatdb::Mirror::open(mirror_folder, "/tmp");
  if (!mirror.ok()) return 0;
  const auto ecosystems = threatdb::ecosystems_of(**mirror);
  std::string text;
  for (const std::string& name : *ecosystems) {
    const auto file = (*mirror)->read("osv/" + name + "/all.zip");
    if (!file.ok() || !*file) continue;
    const auto zip = feed::ZipReader::open((*file)->view());
    if (!zip.ok()) continue;
    for (size_t i = 0; i < zip->entries(); ++i) bytes += zip->read(i, text).ok() ? text.size() : 0;
  }
  return bytes;
}

struct Key {
  std::string ecosystem, name;
};

std::vector<Key> keys_of(const threatdb::DbFile& file) {
  threatdb::Reader reader(file);
  std::vector<Key> keys;
  for (uint64_t i = 0; i < reader.rows<threatdb::PackageRow>(threatdb::Section::packages); ++i) {
    const auto row = reader.row<threatdb::PackageRow>(threatdb::Section::packages, i);
    keys.push_back({std::string(reader.text(row.ecosystem)), std::string(reader.text(row.name))});
  }
  std::shuffle(keys.begin(), keys.end(), std::mt19937(7));
  return keys;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: threatdb_bench MIRROR [ROUNDS]\n");
    return 2;
  }
  const std::string mirror = argv[1];
  const int rounds = argc > 2 ? std::stoi(argv[2]) : 5;
  const std::string path =
      (std::filesystem::temp_directory_path() / ("plimsoll-bench-" + std::to_string(::getpid()) + ".db")).string();
  uint64_t inflated = 0, json = 0, records = 0;
  const double inflate = best_of(rounds, [&] { inflated = inflate_all(mirror); });
  const double build = best_of(rounds, [&] {
    const auto report = threatdb::import_mirror(mirror, path);
    if (report.ok()) json = report->json_bytes, records = report->info.records;
    if (!report.ok()) fmt::print(stderr, "{}\n", report.error().to_string());
  });
  if (records == 0) return 3;
  fmt::print(
      "build: {} records, {:.1f} MB of OSV JSON ({:.1f} MB with KEV and CVSS) in {:.0f} ms: {:.0f} MB/s of OSV JSON, "
      "{:.0f} MB/s of all; "
      "{:.2f} times the time to inflate the archives on one thread ({:.0f} ms)\n",
      records, static_cast<double>(inflated) / 1e6, static_cast<double>(json) / 1e6, build * 1e3,
      static_cast<double>(inflated) / 1e6 / build, static_cast<double>(json) / 1e6 / build, build / inflate,
      inflate * 1e3);
  fmt::print("file: {:.1f} MB\n", static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  const double open = best_of(50, [&] { (void)threatdb::ThreatDb::open(path).ok(); });
  fmt::print("open: {:.0f} us\n", open * 1e6);

  const auto file = threatdb::DbFile::open(path);
  if (!file.ok()) return 3;
  const std::vector<Key> keys = keys_of(**file);
  std::unordered_map<std::string, uint32_t> map;
  for (uint32_t i = 0; i < keys.size(); ++i) map.emplace(keys[i].ecosystem + '\0' + keys[i].name, i);
  uint64_t found = 0;
  const double in_map = best_of(rounds, [&] {
    for (const Key& key : keys) found += map.find(key.ecosystem + '\0' + key.name)->second & 1;
  });
  const double in_db = best_of(rounds, [&] {
    threatdb::Reader reader(**file);
    for (const Key& key : keys) found += threatdb::find_package(reader, key.ecosystem, key.name) & 1;
  });
  const double count = static_cast<double>(keys.size());
  fmt::print("look-up of a package: {:.2f} million/s, {:.2f} times std::unordered_map ({:.2f} million/s)\n",
             count / in_db / 1e6, in_map / in_db, count / in_map / 1e6);
  uint64_t hits = 0;
  const double evaluated = best_of(rounds, [&] {
    threatdb::Reader reader(**file);
    hits = 0;
    Package package;
    package.version = "1.2.3-1";
    for (const Key& key : keys) {
      package.ecosystem = key.ecosystem;
      package.name = key.name;
      package.type = key.ecosystem.starts_with("Debian") ? PackageType::deb
                     : key.ecosystem.starts_with("Al")   ? PackageType::apk
                                                         : PackageType::other;
      hits += threatdb::look_up(reader, package).affected.size();
    }
  });
  fmt::print("look-up with every range evaluated: {:.2f} million packages/s ({} hits, {} packages)\n",
             count / evaluated / 1e6, hits, keys.size());
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".lock");
  return found == 1 ? 1 : 0;
}
