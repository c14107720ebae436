#include "respond/store.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "system/test_directory.h"

namespace plimsoll::respond {
namespace {

using std::chrono::seconds;

ResponseRecord record_at(int64_t when, ResponsePhase phase = ResponsePhase::verified) {
  ResponseRecord out;
  out.id = new_id(Instant{seconds{when}});
  out.phase = phase;
  out.changes = {{phase, Instant{seconds{when}}, "rule:a", ""}};
  return out;
}

TEST(Store, KeepsRecordsAndPutsDamagedOnesAside) {
  const system::TestDirectory scratch;
  const std::string place = scratch.path() + "/a/respond";
  auto store = Store::open(place);
  ASSERT_TRUE(store.ok()) << store.error().to_string();
  const ResponseRecord one = record_at(1'700'000'000), two = record_at(1'700'000'001);
  ASSERT_TRUE(store->put(one).ok());
  ASSERT_TRUE(store->put(two).ok());
  ASSERT_TRUE(write_file_atomically(place + "/records/r-00000000-00000000abcd.json", "{\"id\":").ok());
  ASSERT_TRUE(write_file_atomically(place + "/records/other.json.new", "x").ok());
  std::vector<std::string> damaged;
  const auto records = store->load(damaged);
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(*records, (std::vector<ResponseRecord>{one, two}));
  EXPECT_EQ(damaged.size(), 1u);
  damaged.clear();
  EXPECT_EQ(store->load(damaged)->size(), 2u);
  EXPECT_TRUE(damaged.empty());
  EXPECT_EQ(read_records(place)->size(), 2u);
}

TEST(Store, OneProcessHoldsIt) {
  const system::TestDirectory scratch;
  const auto first = Store::open(scratch.path() + "/respond");
  ASSERT_TRUE(first.ok());
  const auto second = Store::open(scratch.path() + "/respond");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
}

TEST(Store, OnlyWhatIsOverIsTrimmed) {
  const system::TestDirectory scratch;
  auto store = Store::open(scratch.path() + "/respond");
  ASSERT_TRUE(store.ok());
  const std::vector<ResponseRecord> all = {record_at(1000), record_at(1001, ResponsePhase::done),
                                           record_at(2000, ResponsePhase::done),
                                           record_at(2001, ResponsePhase::failed)};
  for (const ResponseRecord& record : all) ASSERT_TRUE(store->put(record).ok());
  EXPECT_EQ(store->trim(all, Instant{seconds{1500}}, 1).size(), 2u);
  std::vector<std::string> damaged;
  EXPECT_EQ(*store->load(damaged), (std::vector<ResponseRecord>{all[0], all[3]}));
}

TEST(ResponseId, NamesNoOtherFile) {
  EXPECT_TRUE(is_response_id(new_id(Instant{seconds{1'700'000'000}})));
  for (const char* text : {"", "r-", "../r-1", "r-a/b", "r-ABC", "x-1234567"})
    EXPECT_FALSE(is_response_id(text)) << text;
}

}  // namespace
}  // namespace plimsoll::respond
