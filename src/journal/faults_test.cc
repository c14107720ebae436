#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "journal/sqlite.h"
#include "journal/test_store.h"

namespace plimsoll::journal {
namespace {

// ---- kill -9 ----------------------------------------------------------------------------------------------------

// Writes without end from three threads; each acknowledged event is told as "sequence text\n", in one write.
[[noreturn]] void write_until_killed(const std::string& path, int round, int tell) {
  auto opened = open_journal(path);
  if (!opened.ok()) _exit(3);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0;; ++i) {
        const std::string text = fmt::format("{}-{}-{}", round, t, i);
        const auto done = (*opened)->append({event(text)});
        if (!done.ok()) _exit(4);
        const std::string line = fmt::format("{} {}\n", done->last, text);
        if (::write(tell, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(5);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  _exit(6);
}

std::string read_all(int fd) {
  std::string out;
  char buffer[1 << 16];
  for (ssize_t n; (n = ::read(fd, buffer, sizeof buffer)) > 0;) out.append(buffer, static_cast<size_t>(n));
  return out;
}

// What a child had acknowledged when it was killed at a random moment after its first acknowledgement.
std::map<Sequence, std::string> kill_a_writer(const std::string& path, int round, int microseconds) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_until_killed(path, round, ends[1]);
  }
  ::close(ends[1]);
  char first = 0;
  EXPECT_EQ(::read(ends[0], &first, 1), 1) << "the writer did not start";
  ::usleep(static_cast<useconds_t>(microseconds));
  ::kill(child, SIGKILL);
  const std::string told = first + read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by itself: " << status;
  std::map<Sequence, std::string> acknowledged;
  for (const std::string_view line : split(told, '\n')) {
    const auto parts = split(line, ' ');
    if (parts.size() == 2) acknowledged[*parse_uint(parts[0])] = std::string(parts[1]);
  }
  return acknowledged;
}

TEST(Faults, KillingAWriterAHundredTimesLosesNothingAcknowledged) {
  const system::TestDirectory directory;
  const std::string path = directory / "journal.db";
  std::mt19937 random(std::random_device{}());
  std::map<Sequence, std::string> acknowledged;
  for (int round = 0; round < 100; ++round)
    acknowledged.merge(kill_a_writer(path, round, static_cast<int>(random() % 30'000)));
  auto journal = open_journal(path);
  ASSERT_TRUE(journal.ok()) << journal.error().to_string();
  const auto chain = (*journal)->verify();
  ASSERT_TRUE(chain.ok());
  EXPECT_TRUE(chain->whole()) << chain->faults[0].what;
  std::map<Sequence, std::string> there;
  for (Sequence after = 0;;) {
    const auto page = (*journal)->events({.after = after, .limit = max_page});
    ASSERT_TRUE(page.ok());
    if (page->empty()) break;
    for (const Event& e : *page) there[e.sequence] = e.body;
    after = page->back().sequence;
  }
  EXPECT_GE(acknowledged.size(), 100u);
  for (const auto& [sequence, text] : acknowledged)
    ASSERT_EQ(there[sequence], fmt::format(R"({{"text":"{}"}})", text)) << sequence;
  RecordProperty("acknowledged", static_cast<int>(acknowledged.size()));
  RecordProperty("found", static_cast<int>(there.size()));
}

// ---- full disk --------------------------------------------------------------------------------------------------

// In a mount namespace of its own, on 2 MiB of memory as disk. Returns what went wrong; empty: nothing.
std::string fill_the_disk(const std::string& place) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", place.c_str(), "tmpfs", 0, "size=2m") != 0)
    return "skip";
  auto opened = open_journal(place + "/journal.db");
  if (!opened.ok()) return opened.error().to_string();
  Journal& journal = **opened;
  const std::string filler(50'000, 'x');
  Sequence acknowledged = 0;
  std::optional<Error> refused;
  for (int i = 0; i < 200 && !refused; ++i) {
    const auto done = journal.append({event(filler), event("second")});
    if (done.ok())
      acknowledged = done->last;
    else
      refused = done.error();
  }
  if (!refused) return "the disk never became full";
  if (acknowledged == 0) return "nothing could be written at all";
  if (refused->kind != ErrorKind::limit) return "another kind of error: " + refused->to_string();
  const Health health = journal.health();
  if (health.writable || health.fault.find("full") == std::string::npos) return "health does not tell: " + health.fault;
  if (journal.summary()->newest_event != acknowledged) return "a write that failed left something behind";
  const auto chain = journal.verify();
  if (!chain.ok() || !chain->whole()) return "the chain is broken";
  // Room again: it goes on.
  if (::mount("tmpfs", place.c_str(), "tmpfs", MS_REMOUNT, "size=8m") != 0) return "cannot remount";
  if (const auto again = journal.append({event("after")}); !again.ok()) return again.error().to_string();
  if (!journal.health().writable) return "health still tells of a full disk";
  if (!journal.verify()->whole()) return "the chain is broken afterwards";
  opened->reset();
  auto anew = open_journal(place + "/journal.db");
  if (!anew.ok()) return anew.error().to_string();
  return (*anew)->summary()->newest_event == acknowledged + 1 ? "" : "after opening it anew something is missing";
}

TEST(Faults, AFullDiskIsToldAndLeavesNothingHalf) {
  const system::TestDirectory directory;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    const std::string said = fill_the_disk(directory.path());
    _exit(::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  const std::string said = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (said == "skip") GTEST_SKIP() << "no mount namespace can be made here";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(said, "");
}

// ---- clock ------------------------------------------------------------------------------------------------------

class Clock : public WithJournal {
 protected:
  void take(int score, Instant when) {
    Report one = report({container("web", score, {threat("CVE-1", 9)})}, when);
    Flow flow;
    flow.from.asset = {"docker:a"};
    flow.connections = 1;
    flow.first_seen = flow.last_seen = when;
    one.flows = {flow};
    const auto done = journal_->record(one, whole_node());
    ASSERT_TRUE(done.ok()) << done.error().to_string();
  }
};
PLIMSOLL_ON_EACH_ENGINE(Clock);

// A year ahead, back, before 1970 and on: nothing is lost, no order of events changes, nothing lives backwards.
TEST_P(Clock, JumpsLoseNothing) {
  constexpr int64_t day = 86400;
  const std::vector<Instant> moments{at(0), at(365 * day), at(10), Instant(std::chrono::seconds(-5)), at(20)};
  int score = 10;
  for (const Instant when : moments) {
    take(score += 10, when);
    NewEvent marked = event(std::to_string(score), "test.jump");
    marked.at = when;
    ASSERT_TRUE(journal_->append({marked}).ok());
  }
  EXPECT_TRUE(journal_->verify()->whole());
  const auto events = journal_->events({.kind = "test.jump"});
  ASSERT_EQ(events->size(), moments.size());
  for (size_t i = 0; i < moments.size(); ++i) EXPECT_EQ(events->at(i).at, moments[i]);
  const auto row = journal_->asset({"docker:web"})->row;
  EXPECT_EQ(row.score, score) << "the last word counts, whatever its clock said";
  EXPECT_EQ(row.last_seen, at(365 * day));
  const auto points = journal_->history({"docker:web"}, Instant(std::chrono::seconds(-100)), at(400 * day));
  EXPECT_EQ(points->size(), moments.size());
  const auto threats = journal_->threats_of({"docker:web"}, false, {});
  ASSERT_EQ(threats->items.size(), 1u);
  EXPECT_GE(threats->items[0].last_seen, threats->items[0].first_seen);
  const auto flows = journal_->flows({.since = Instant(std::chrono::seconds(-3600)), .until = at(400 * day)});
  ASSERT_TRUE(flows.ok());
  EXPECT_EQ(flows->flows.size(), 1u);
  // Retention by the clock that is a year ahead, and then by the right one.
  for (const Instant now : {at(365 * day), at(30)}) ASSERT_TRUE(journal_->trim({}, now).ok());
  ASSERT_TRUE(journal_->append({event("on")}).ok());
  EXPECT_TRUE(journal_->verify()->whole());
  EXPECT_TRUE(journal_->asset({"docker:web"}).ok());
}

// ---- damage -----------------------------------------------------------------------------------------------------

std::string a_journal_with_events(const system::TestDirectory& directory, int events) {
  const std::string path = directory / "journal.db";
  auto journal = open_journal(path);
  EXPECT_TRUE(journal.ok());
  for (int i = 0; i < events; ++i) EXPECT_TRUE((*journal)->append({event(std::string(3000, 'x'))}).ok());
  return path;
}

void overwrite(const std::string& path, std::streamoff where, size_t count) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(where);
  file << std::string(count, '\x5a');
}

void expect_put_aside(const std::string& path) {
  const std::string before = *read_file(path);
  const auto refused = open_journal(path);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::malformed) << refused.error().to_string();
  EXPECT_NE(refused.error().message.find("damaged"), std::string::npos);
  EXPECT_EQ(*read_file(path), before) << "a refused file was changed";
  auto anew = open_journal(path, {.begin_anew = true});
  ASSERT_TRUE(anew.ok()) << anew.error().to_string();
  const std::string aside = (*anew)->health().begun_anew;
  EXPECT_TRUE(aside.starts_with(path + ".damaged-")) << aside;
  EXPECT_EQ(*read_file(aside), before);
  const auto events = (*anew)->events({});
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(events->at(0).kind, "journal.begun-anew");
  EXPECT_TRUE((*anew)->verify()->whole());
}

TEST(Damage, OfTheHeaderIsTold) {
  const system::TestDirectory directory;
  const std::string path = a_journal_with_events(directory, 10);
  overwrite(path, 0, 100);
  expect_put_aside(path);
}

TEST(Damage, OfAPageIsTold) {
  const system::TestDirectory directory;
  const std::string path = a_journal_with_events(directory, 200);
  overwrite(path, 4096 * 60, 4096 * 20);
  expect_put_aside(path);
}

TEST(Damage, OfACutOffFileIsTold) {
  const system::TestDirectory directory;
  const std::string path = a_journal_with_events(directory, 200);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  expect_put_aside(path);
}

TEST(Damage, AnotherProgramsDatabaseIsLeftAlone) {
  const system::TestDirectory directory;
  {
    auto db = sqlite::Connection::open(directory / "other.db", Access::write);
    ASSERT_TRUE((*db)->script("CREATE TABLE recipes (name)").ok());
  }
  const auto refused = open_journal(directory / "other.db", {.begin_anew = true});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_FALSE(std::filesystem::exists(directory / "other.db.key"));
}

}  // namespace
}  // namespace plimsoll::journal
