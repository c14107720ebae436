#include "journal/postgres.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "journal/opening.h"
#include "journal/packing.h"
#include "journal/postgres_text.h"
#include "journal/test_store.h"
#include "system/descriptor.h"

namespace plimsoll::journal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using postgres::numbered;

// ---- bytes ------------------------------------------------------------------------------------------------------

TEST(PostgresText, PlaceholdersAreNumbered) {
  EXPECT_EQ(numbered("a = ? AND b = ? LIMIT ?"), "a = $1 AND b = $2 LIMIT $3");
  EXPECT_EQ(numbered("(?2 < 0 OR k = ?2) AND x > ?1"), "($2 < 0 OR k = $2) AND x > $1");
  EXPECT_EQ(numbered("a = '?' AND b LIKE ? ESCAPE '\\'"), "a = '?' AND b LIKE $1 ESCAPE '\\'");
  EXPECT_EQ(numbered("+a > ?1 AND +b < 1 + c"), "a > $1 AND b < 1 + c");
}

TEST(PostgresText, WhatItCannotHoldIsReplaced) {
  EXPECT_EQ(holdable(std::string_view("a\0b", 3)),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(holdable("\xff\xc3\xa9\xc3"), "\xEF\xBF\xBD\xc3\xa9\xEF\xBF\xBD");
  EXPECT_TRUE(is_holdable("\xc3\xa9"));
  EXPECT_FALSE(is_holdable(std::string_view("\0", 1)));
}

TEST(PostgresText, NumbersGoThereAndBack) {
  for (const int64_t number : {int64_t{0}, int64_t{1}, int64_t{-1}, INT64_MAX, INT64_MIN, int64_t{-300}})
    EXPECT_EQ(postgres::signed_number(postgres::network_order(static_cast<uint64_t>(number))), number);
  EXPECT_EQ(postgres::signed_number(std::string_view("\xff\xfe", 2)), -2);
  EXPECT_EQ(postgres::signed_number(std::string_view("\x01", 1)), 1);
  EXPECT_EQ(postgres::signed_number(""), 0);
}

TEST(PostgresText, StatesHaveTheirMeaning) {
  EXPECT_EQ(postgres::error_of("53100", "x").kind, ErrorKind::limit);
  EXPECT_EQ(postgres::error_of("57P01", "x").kind, ErrorKind::unreachable);
  EXPECT_EQ(postgres::error_of("23505", "x").kind, ErrorKind::conflict);
  EXPECT_EQ(postgres::error_of("42601", "x").kind, ErrorKind::bug);
}

// ---- where ------------------------------------------------------------------------------------------------------

class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

TEST(PostgresPlace, APasswordInTheUrlIsRefusedAndNotRepeated) {
  for (const char* url : {"postgresql://anna:s3cret@127.0.0.1/j", "postgresql://127.0.0.1/j?password=s3cret"}) {
    const auto place = find_place(url);
    ASSERT_FALSE(place.ok());
    EXPECT_EQ(place.error().kind, ErrorKind::malformed);
    EXPECT_EQ(place.error().to_string().find("s3cret"), std::string::npos);
  }
}

TEST(PostgresPlace, ThePasswordComesFromItsFile) {
  const system::TestDirectory directory;
  const std::string file = directory / "pass";
  std::ofstream(file) << "127.0.0.1:6543:j:anna:s3\\:cret\n127.0.0.1:6543:j:plimsoll:other\n";
  ::chmod(file.c_str(), 0600);
  const Variable variable("PGPASSFILE", file);
  auto place = find_place("postgresql://anna@127.0.0.1:6543/j");
  ASSERT_TRUE(place.ok()) << place.error().to_string();
  EXPECT_EQ(place->settings["password"], "s3:cret");
  EXPECT_EQ(place->settings["hostaddr"], "127.0.0.1");
  EXPECT_EQ(place->ports, std::vector<uint16_t>{6543});
  EXPECT_FALSE(place->local);
  place = find_place("postgresql://127.0.0.1:6543/j");
  EXPECT_EQ(place->settings["user"], "plimsoll");
  EXPECT_EQ(place->settings["password"], "other");
  ::chmod(file.c_str(), 0644);  // others may read it: libpq does not
  EXPECT_FALSE(find_place("postgresql://anna@127.0.0.1:6543/j")->settings.contains("password"));
}

TEST(PostgresPlace, HostsAreTakenApart) {
  const auto local = find_place("postgresql:///j?host=/run/nowhere");
  ASSERT_TRUE(local.ok());
  EXPECT_TRUE(local->local);
  EXPECT_TRUE(local->ports.empty());
  const auto two = find_place("postgresql://127.0.0.1:1,[::1]:2/j?sslrootcert=/a/ca.crt");
  ASSERT_TRUE(two.ok()) << two.error().to_string();
  EXPECT_EQ(two->ports, (std::vector<uint16_t>{1, 2}));
  EXPECT_EQ(two->readable, std::vector<std::string>{"/a/ca.crt"});
  EXPECT_FALSE(find_place("postgresql://127.0.0.1/j?nonsense=1").ok());
  EXPECT_FALSE(find_place("mysql://127.0.0.1/j").ok());
}

TEST(PostgresPlace, NobodyThereIsToldSoon) {
  const auto began = Clock::now();
  const auto none = open_journal("postgresql://127.0.0.1:1/j", {.read_only = true});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().kind, ErrorKind::unreachable) << none.error().to_string();
  EXPECT_LT(Clock::now() - began, 10s);
}

// ---- faults -----------------------------------------------------------------------------------------------------

class PostgresFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    PLIMSOLL_NEEDS(Engine::postgres);
    store_.emplace(Engine::postgres);
    journal_ = store_->open().value();
  }
  static TestServer& server() { return TestServer::the_one(); }
  static bool until(const std::function<bool()>& condition, std::chrono::seconds patience) {
    for (const auto end = Clock::now() + patience; Clock::now() < end; std::this_thread::sleep_for(50ms)) {
      if (condition()) return true;
    }
    return false;
  }
  std::map<Sequence, std::string> all_events() {
    std::map<Sequence, std::string> out;
    for (Sequence after = 0;;) {
      const auto page = journal_->events({.after = after, .limit = max_page});
      EXPECT_TRUE(page.ok());
      if (!page.ok() || page->empty()) return out;
      for (const Event& e : *page) out[e.sequence] = e.body;
      after = page->back().sequence;
    }
  }
  std::optional<TestStore> store_;
  std::unique_ptr<Journal> journal_;
};

// Writers go on through three sudden ends of the server: everything acknowledged is there, once, and in its place.
TEST_F(PostgresFaults, ASuddenEndLosesNothingAcknowledgedAndWritersGoOn) {
  std::mutex mutex;
  std::map<Sequence, std::string> told;
  std::atomic<bool> stop = false;
  std::atomic<int> failed = 0;
  std::string why;
  std::vector<std::thread> writers;
  for (int t = 0; t < 3; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        const std::string text = fmt::format("{}-{}", t, i);
        const auto done = journal_->append({event(text)});
        const std::lock_guard lock(mutex);
        if (!done.ok()) {
          ++failed;
          why = done.error().to_string();
          continue;
        }
        EXPECT_FALSE(told.contains(done->last));
        told[done->last] = fmt::format(R"({{"text":"{}"}})", text);
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(300ms);
    server().kill();
    std::this_thread::sleep_for(200ms);
    server().start();
  }
  const size_t so_far = [&] {
    const std::lock_guard lock(mutex);
    return told.size();
  }();
  EXPECT_TRUE(until(
      [&] {
        const std::lock_guard lock(mutex);
        return told.size() > so_far + 20;
      },
      20s));
  stop = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(failed, 0) << "the server was back within the writers' patience, yet: " << why;
  const auto there = all_events();
  for (const auto& [sequence, body] : told) {
    const auto it = there.find(sequence);
    ASSERT_NE(it, there.end()) << sequence;
    EXPECT_EQ(it->second, body);
  }
  EXPECT_EQ(there.size(), told.size()) << "something was written twice, or without being told";
  EXPECT_TRUE(journal_->verify()->whole());
}

TEST_F(PostgresFaults, AwayForLongIsToldAndItRecoversByItself) {
  ASSERT_TRUE(journal_->append({event("before")}).ok());
  server().kill();
  const auto began = Clock::now();
  const auto refused = journal_->append({event("lost")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::unreachable) << refused.error().to_string();
  EXPECT_LT(Clock::now() - began, 25s);
  const auto read = journal_->events({});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::unreachable);
  EXPECT_FALSE(journal_->health().writable);
  EXPECT_NE(journal_->health().fault.find("PostgreSQL"), std::string::npos) << journal_->health().fault;
  const auto again = Clock::now();
  EXPECT_FALSE(journal_->append({event("lost")}).ok());
  EXPECT_LT(Clock::now() - again, 8s) << "who comes later does not wait as long as the first";
  server().start();
  EXPECT_TRUE(until([&] { return journal_->health().writable; }, 20s)) << journal_->health().fault;
  ASSERT_TRUE(journal_->append({event("after")}).ok());
  EXPECT_EQ(journal_->events({})->size(), 2u);
  EXPECT_TRUE(journal_->verify()->whole());
}

// A server that stands still keeps its connections open: only a clock tells.
TEST_F(PostgresFaults, AServerThatStandsStillIsNotWaitedForLong) {
  ASSERT_TRUE(journal_->append({event("before")}).ok());
  ASSERT_TRUE(journal_->events({}).ok());
  server().freeze();
  const auto began = Clock::now();
  const auto read = journal_->events({});
  const auto took = Clock::now() - began;
  const auto write = journal_->append({event("x")});
  const auto both = Clock::now() - began;
  server().thaw();
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::unreachable) << read.error().to_string();
  EXPECT_LT(took, 30s);
  EXPECT_FALSE(write.ok());
  EXPECT_LT(both, 90s);
  EXPECT_TRUE(until([&] { return journal_->health().writable; }, 40s)) << journal_->health().fault;
  ASSERT_TRUE(journal_->append({event("after")}).ok());
  EXPECT_TRUE(journal_->verify()->whole());
}

// Passes on what comes, to the real server; once told so it loses the answer to the next COMMIT, and the connection.
class Relay {
 public:
  explicit Relay(const std::string& real) : real_(real + "/.s.PGSQL.5432") {
    listener_ = system::Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un place = address(directory_ / ".s.PGSQL.5432");
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&place), sizeof place), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    thread_ = std::thread([this] { live(); });
  }
  ~Relay() {
    stop_ = true;
    thread_.join();
    for (std::thread& pair : pairs_) pair.join();
  }
  std::string directory() const { return directory_.path(); }
  std::atomic<bool> lose{false};
  std::atomic<int> lost{0};

 private:
  static sockaddr_un address(const std::string& path) {
    sockaddr_un out{};
    out.sun_family = AF_UNIX;
    path.copy(out.sun_path, sizeof out.sun_path - 1);
    return out;
  }
  void live() {
    while (!stop_) {
      pollfd waiting{listener_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, 50) <= 0) continue;
      const int client = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      pairs_.emplace_back([this, client] { pass_on(system::Descriptor(client)); });
    }
  }
  void pass_on(system::Descriptor client) {
    const system::Descriptor server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un place = address(real_);
    if (::connect(server.get(), reinterpret_cast<sockaddr*>(&place), sizeof place) != 0) return;
    while (!stop_) {
      pollfd both[2] = {{client.get(), POLLIN, 0}, {server.get(), POLLIN, 0}};
      if (::poll(both, 2, 50) <= 0) continue;
      for (int i = 0; i < 2; ++i) {
        if (both[i].revents == 0) continue;
        char bytes[8192];
        const ssize_t got = ::read(both[i].fd, bytes, sizeof bytes);
        if (got <= 0 || ::write(both[1 - i].fd, bytes, static_cast<size_t>(got)) != got) return;
        const std::string_view text(bytes, static_cast<size_t>(got));
        if (i == 0 && text.find("COMMIT") != std::string_view::npos && lose.exchange(false)) {
          std::this_thread::sleep_for(300ms);  // it is done by then
          ++lost;
          return;
        }
      }
    }
  }
  system::TestDirectory directory_;
  const std::string real_;
  system::Descriptor listener_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
  std::vector<std::thread> pairs_;
};

TEST_F(PostgresFaults, ACommitWhoseAnswerIsLostIsNotDoneTwice) {
  Relay relay(server().directory());
  std::string url = store_->where();
  url.replace(url.find(server().directory()), server().directory().size(), relay.directory());
  journal_.reset();
  journal_ = open_journal(url, {.key = store_->key()}).value();
  ASSERT_TRUE(journal_->append({event("1")}).ok());
  std::vector<Sequence> heard;
  journal_->on_events([&](Sequence newest) { heard.push_back(newest); });
  relay.lose = true;
  const auto done = journal_->append({event("2")});
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_EQ(relay.lost, 1);
  EXPECT_EQ(done->last, 2u);
  EXPECT_EQ(heard, std::vector<Sequence>{2});
  Flow flow;
  flow.connections = 1;
  flow.last_seen = at(0);
  relay.lose = true;
  ASSERT_TRUE(journal_->add_flows({flow}).ok());
  EXPECT_EQ(relay.lost, 2);
  EXPECT_EQ(journal_->flows({.since = at(-3600), .until = at(3600)})->flows.at(0).connections, 1u);
  EXPECT_EQ(all_events().size(), 2u);
  EXPECT_TRUE(journal_->verify()->whole());
  journal_->on_events({});
  journal_.reset();
}

// A server that ends suddenly can forget the number of a transaction, and then says that there is no such number yet.
TEST_F(PostgresFaults, ATransactionThatTheServerForgotWasNotCommitted) {
  const auto place = find_place(store_->where()).value();
  const auto db = connect_to(place, Access::write).value();
  const auto written = db->was_committed("9000000000000000000");
  ASSERT_TRUE(written.ok()) << written.error().to_string();
  EXPECT_FALSE(*written);
  ASSERT_TRUE(db->begin(Access::write).ok());
  const std::string name = db->transaction_name();
  ASSERT_TRUE(db->commit().ok());
  EXPECT_TRUE(db->was_committed(name).value());
}

// ---- hostile ----------------------------------------------------------------------------------------------------

TEST_F(PostgresFaults, NamesThatItCannotHoldStopNothing) {
  AssetReport odd = container("web", 50, {threat("CVE-1", 9, std::string("a\0b", 3))});
  odd.asset.name = std::string("w\0eb\xff", 5);
  odd.asset.labels = {{std::string("k\0", 2), "v"}};
  for (int i = 0; i < 2; ++i) {
    const auto done = journal_->record(report({odd}, at(i)), whole_node());
    ASSERT_TRUE(done.ok()) << done.error().to_string();
  }
  EXPECT_EQ(journal_->events({.kind = "threats.changed"})->size(), 0u) << "the same threat was taken for another one";
  EXPECT_EQ(journal_->threats_of({"docker:web"}, false, {})->items.size(), 1u);
  EXPECT_TRUE(journal_->verify()->whole());
}

}  // namespace
}  // namespace plimsoll::journal
