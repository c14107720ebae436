#include "analyzer/package_marks.h"

#include <gtest/gtest.h>

#include "system/memory_machine.h"

namespace plimsoll::analyzer {
namespace {

constexpr Instant began{std::chrono::seconds(1'800'000'000)};
using Clock = std::chrono::steady_clock;

// A host, and a container whose first process is 7, with these times of their databases.
class World {
 public:
  World() {
    AssetReport host, container;
    host.asset.id = {"host:box"};
    host.asset.kind = AssetKind::host;
    container.asset.id = {"docker:web"};
    container.asset.kind = AssetKind::container;
    container.container.emplace().processes.resize(1);
    container.container->processes.front().pid = 7;
    gathered.assets = {host, container};
    put("/var/lib/dpkg/status", 10, 1000);
    put("/proc/7/root/lib/apk/db/installed", 10, 1000);
  }
  void put(const std::string& path, uint64_t size, int64_t modified) {
    machine.add_file(path, "x");
    system::FileStat stat;
    stat.mode = 0100644;
    stat.size = size;
    stat.modified = modified;
    machine.set_stat(path, stat);
  }
  system::MemoryMachine machine;
  Report gathered;
};

std::vector<AssetId> ids(std::initializer_list<const char*> names) {
  std::vector<AssetId> out;
  for (const char* name : names) out.push_back({name});
  return out;
}

TEST(PackageMarks, TellTreesWhoseDatabaseChangedOnceInAWhile) {
  World world;
  PackageMarks marks;
  marks.take(world.machine, world.gathered, began);
  const Clock::time_point now{std::chrono::hours(1)};
  EXPECT_EQ(marks.changed(world.machine, now), ids({}));
  world.put("/proc/7/root/lib/apk/db/installed", 12, 2000);
  EXPECT_EQ(marks.changed(world.machine, now), ids({"docker:web"}));
  marks.forget({"docker:web"});
  marks.take(world.machine, world.gathered, began);
  world.put("/proc/7/root/lib/apk/db/installed", 14, 3000);
  EXPECT_EQ(marks.changed(world.machine, now + std::chrono::seconds(59)), ids({})) << "rate-limited";
  EXPECT_EQ(marks.changed(world.machine, now + std::chrono::seconds(60)), ids({"docker:web"})) << "and not forgotten";
  world.put("/var/lib/rpm/rpmdb.sqlite", 1, 1);
  EXPECT_EQ(marks.changed(world.machine, now + std::chrono::seconds(61)), ids({"host:box"}))
      << "a database that is new";
}

TEST(PackageMarks, WhatWasWrittenWhileItWasReadIsToldOnce) {
  World world;
  world.put("/var/lib/dpkg/status", 10, began.time_since_epoch().count());
  PackageMarks marks;
  marks.take(world.machine, world.gathered, began);
  const Clock::time_point now{std::chrono::hours(1)};
  EXPECT_EQ(marks.changed(world.machine, now), ids({"host:box"}));
  marks.forget({"host:box"});
  marks.take(world.machine, world.gathered, began + std::chrono::seconds(5));
  EXPECT_EQ(marks.changed(world.machine, now + std::chrono::minutes(5)), ids({}));
}

TEST(PackageMarks, AnOldMarkStaysWhereTheTreeWasNotReadAgain) {
  World world;
  PackageMarks marks;
  marks.take(world.machine, world.gathered, began);
  world.put("/proc/7/root/lib/apk/db/installed", 12, 2000);
  marks.take(world.machine, world.gathered, began);  // facts alone
  EXPECT_EQ(marks.changed(world.machine, Clock::time_point{std::chrono::hours(1)}), ids({"docker:web"}));
}

TEST(PackageMarks, NothingIsSaidOfATreeThatIsNotToBeSeen) {
  World world;
  PackageMarks marks;
  marks.take(world.machine, world.gathered, began);
  world.machine.fail("/proc/7/root", ErrorKind::not_found);
  EXPECT_EQ(marks.changed(world.machine, Clock::time_point{std::chrono::hours(1)}), ids({}));
  world.gathered.assets.pop_back();
  marks.take(world.machine, world.gathered, began);
  EXPECT_EQ(marks.changed(world.machine, Clock::time_point{std::chrono::hours(2)}), ids({}));
}

}  // namespace
}  // namespace plimsoll::analyzer
