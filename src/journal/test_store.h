#pragma once
#include <gtest/gtest.h>

#include <string>

#include "journal/database.h"
#include "journal/test_world.h"

// For tests: an empty place for a journal in each engine, and the way behind its back.
namespace plimsoll::journal {

// A PostgreSQL server of the test program's own: made in a directory that goes with it, run by a user without rights,
// reachable by a Unix socket alone. Started when it is first wanted.
class TestServer {
 public:
  static TestServer& the_one();
  // Empty where there is PostgreSQL; else why not.
  const std::string& fault() const { return fault_; }
  std::string url(const std::string& database) const;
  std::string make_database();
  // Ends at once, as by a power cut; start() brings it back.
  void kill();
  void start();
  // Stands still, without its connections being closed.
  void freeze();
  void thaw();
  std::string directory() const { return directory_; }
  ~TestServer();

 private:
  TestServer();
  void run(const std::string& program, const std::vector<std::string>& arguments);
  std::string directory_, fault_;
  int process_ = -1;
  int made_ = 0;
};

class TestStore {
 public:
  explicit TestStore(Engine engine);
  Result<std::unique_ptr<Journal>> open(Opening opening = {}) const;
  const std::string& where() const { return where_; }
  std::string key() const { return directory_ / "journal.db.key"; }
  std::unique_ptr<Database> behind() const;  // a connection without any journal on it
  Engine engine() const { return engine_; }
  const system::TestDirectory& directory() const { return directory_; }

 private:
  system::TestDirectory directory_;
  const Engine engine_;
  std::string where_;
};

// Whether tests with this engine can be run here; where all must be (PLIMSOLL_CI) a missing one is a failure.
#define PLIMSOLL_NEEDS(engine)                                                       \
  if ((engine) == Engine::postgres && !TestServer::the_one().fault().empty()) {      \
    if (::getenv("PLIMSOLL_CI") != nullptr) FAIL() << TestServer::the_one().fault(); \
    GTEST_SKIP() << TestServer::the_one().fault();                                   \
  }

inline std::string engine_name(const ::testing::TestParamInfo<Engine>& info) {
  return info.param == Engine::sqlite ? "sqlite" : "postgres";
}
#define PLIMSOLL_ON_EACH_ENGINE(fixture) \
  INSTANTIATE_TEST_SUITE_P(On, fixture, ::testing::Values(Engine::sqlite, Engine::postgres), engine_name)

// A test with an empty store, on each engine.
class OnEachEngine : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    PLIMSOLL_NEEDS(GetParam());
    store_.emplace(GetParam());
  }
  std::optional<TestStore> store_;
};

// The same with a journal open on it.
class WithJournal : public OnEachEngine {
 protected:
  void SetUp() override {
    OnEachEngine::SetUp();
    if (!store_) return;
    auto opened = store_->open();
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    journal_ = *std::move(opened);
  }
  std::unique_ptr<Journal> journal_;
};

}  // namespace plimsoll::journal
