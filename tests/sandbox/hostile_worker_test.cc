// A parser that an attacker has taken over, in a worker: it gets nothing out, and the parent says what it did.
// With --unprivileged the whole test runs as a user without rights, when root starts it.
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "system/sandbox/attempts.h"
#include "system/sandbox/frames.h"
#include "system/sandbox/sandbox.h"
#include "system/sandbox/sanitized.h"

namespace plimsoll::system::sandbox {
namespace {

using Body = Result<std::string>(WorkerSide&);

Job job_for(WorkerBody body) {
  Job job;
  job.body = body;
  job.limits.stall_seconds = job.limits.whole_seconds = 120;  // a busy machine is no fault
  job.limits.memory_bytes = uint64_t{256} << 20;
  job.limits.answer_bytes = 1 << 20;
  return job;
}

Outcome run(const Job& job) {
  auto sandbox = Sandbox::start();
  if (!sandbox.ok()) return {sandbox.error(), true, std::nullopt};
  Outcome outcome = (*sandbox)->run(job);
  // Whatever that one did, the next target is served.
  const Outcome next = (*sandbox)->run(job_for([](WorkerSide&) -> Result<std::string> { return std::string("next"); }));
  EXPECT_TRUE(next.answer.ok()) << next.answer.error().to_string();
  return outcome;
}

std::string loss(const Job& job) {
  const Outcome outcome = run(job);
  EXPECT_TRUE(outcome.lost);
  return outcome.answer.ok() ? "not lost" : outcome.answer.error().message;
}

void expect_lost(WorkerBody body, const std::string& word) {
  const std::string how = loss(job_for(body));
  EXPECT_NE(how.find(word), std::string::npos) << how;
}

[[noreturn]] void spin() {
  for (;;) __asm__ volatile("");
}

// The kernel of a build machine may lack Landlock; everything else must stand.
bool has_landlock() { return landlock_version() > 0; }

TEST(Worker, AnswersARequestOfAnySize) {
  Job job = job_for([](WorkerSide& side) -> Result<std::string> {
    side.progress(7);
    return std::string(side.request()) + "!";
  });
  job.limits.answer_bytes = uint64_t{64} << 20;
  job.request = std::string(5 << 20, 'x');
  uint64_t heard = 0;
  job.progress = [&](uint64_t done) { heard = done; };
  const Outcome outcome = run(job);
  ASSERT_TRUE(outcome.answer.ok()) << outcome.answer.error().to_string();
  EXPECT_EQ(*outcome.answer, job.request + "!");
  EXPECT_EQ(heard, 7u);
}

TEST(Worker, AnOrderThatCannotBeGivenCostsOnlyItself) {
  Job job = job_for([](WorkerSide& side) -> Result<std::string> { return std::string(side.request()); });
  job.descriptors = {1'000'000};  // open nowhere
  EXPECT_FALSE(run(job).answer.ok());
}

TEST(Worker, ReadsBelowItsTreeOnThreadsAndNowhereElse) {
  const Descriptor tree(::open("/usr", O_PATH | O_DIRECTORY | O_CLOEXEC));
  Job job = job_for([](WorkerSide& side) -> Result<std::string> {
    std::string out;
    std::thread reader([&] {
      const int inside = ::openat(side.descriptor(0), "bin", O_RDONLY | O_DIRECTORY);
      const int outside = ::openat(side.descriptor(0), "../etc/passwd", O_RDONLY);
      out = std::string(inside >= 0 ? "inside" : "") + (outside >= 0 ? " outside" : "");
    });
    reader.join();
    return out;
  });
  job.descriptors = {tree.get()};
  job.trees = 1;
  const Outcome outcome = run(job);
  ASSERT_TRUE(outcome.answer.ok()) << outcome.answer.error().to_string();
  if (has_landlock()) {
    EXPECT_EQ(*outcome.answer, "inside");
  }
}

TEST(Worker, LeavesOutWhatIsToBeLeftOut) {
  if (!has_landlock()) GTEST_SKIP() << "no Landlock";
  const Descriptor root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  Job job = job_for([](WorkerSide& side) -> Result<std::string> {
    std::string out;
    for (const char* name : {"usr/bin/env", "proc/version", "etc/passwd", "sys/kernel/notes"}) {
      if (::openat(side.descriptor(0), name, O_RDONLY) >= 0) out += std::string(name) + " ";
    }
    return out;
  });
  job.descriptors = {root.get()};
  job.trees = 1;
  job.except = "proc sys";
  const Outcome outcome = run(job);
  ASSERT_TRUE(outcome.answer.ok()) << outcome.answer.error().to_string();
  EXPECT_EQ(*outcome.answer, "usr/bin/env etc/passwd ");
}

TEST(Worker, IsFedAndFillsOneFile) {
  char name[] = "/tmp/plimsoll-sandbox-XXXXXX";
  const Descriptor file(::mkstemp(name));
  ::unlink(name);
  Job job = job_for([](WorkerSide& side) -> Result<std::string> {
    std::array<char, 4096> buffer{};
    size_t all = 0;
    for (ssize_t got = 1; got > 0;) {
      got = ::read(side.descriptor(0), buffer.data(), buffer.size());
      if (got > 0) all += static_cast<size_t>(got);
    }
    if (::write(output_descriptor, "filled", 6) != 6) return Error{ErrorKind::denied, "cannot write"};
    return std::to_string(all);
  });
  size_t left = 3'000'000;
  job.source = [&](char* buffer, size_t room) -> Result<size_t> {
    const size_t now = std::min(left, room);
    std::memset(buffer, 'x', now);
    left -= now;
    return now;
  };
  job.output = file.get();
  job.limits.file_bytes = 100;
  const Outcome outcome = run(job);
  ASSERT_TRUE(outcome.answer.ok()) << outcome.answer.error().to_string();
  EXPECT_EQ(*outcome.answer, "3000000");
  struct stat status{};
  ASSERT_EQ(::fstat(file.get(), &status), 0);
  EXPECT_EQ(status.st_size, 6);
}

TEST(Worker, ASourceThatBreaksOffIsTold) {
  Job job = job_for([](WorkerSide& side) -> Result<std::string> {
    char byte = 0;
    return std::string(::read(side.descriptor(0), &byte, 1) == 0 ? "end" : "more");
  });
  job.source = [](char*, size_t) -> Result<size_t> { return Error{ErrorKind::unreachable, "broke off"}; };
  const Outcome outcome = run(job);
  ASSERT_TRUE(outcome.answer.ok());
  ASSERT_TRUE(outcome.source_failed.has_value());
  EXPECT_EQ(outcome.source_failed->message, "broke off");
}

TEST(Worker, HasNothingOfTheProgramInIt) {
  const Descriptor secret(::open("/etc/hostname", O_RDONLY));
  const Outcome outcome = run(job_for([](WorkerSide&) -> Result<std::string> {
    std::string open;
    for (int number = 0; number < 1000; ++number) {
      struct stat status{};
      if (::fstat(number, &status) == 0) open += std::to_string(number) + " ";
    }
    return open;
  }));
  ASSERT_TRUE(outcome.answer.ok());
  if (!sanitized) {
    EXPECT_EQ(*outcome.answer, "0 1 2 3 4 5 ");
  }
}

TEST(Hostile, NothingItTriesGetsThrough) {
  auto sandbox = Sandbox::start();
  ASSERT_TRUE(sandbox.ok());
  const auto attempts = try_everything(**sandbox);
  ASSERT_TRUE(attempts.ok()) << attempts.error().to_string();
  EXPECT_GE(attempts->size(), 15u);
  for (const Attempt& attempt : *attempts) {
    const bool by_landlock = attempt.what.find("tree") != std::string::npos;
    if (has_landlock() || !by_landlock) {
      EXPECT_TRUE(attempt.blocked) << attempt.what << ": " << attempt.how;
    }
  }
  for (const SandboxLayer& layer : (*sandbox)->report().layers) {
    if (layer.name != "network" && (layer.name != "landlock" || has_landlock())) {
      EXPECT_TRUE(layer.in_force) << layer.name << ": " << layer.detail;
    }
  }
  EXPECT_NE(::access("/tmp/plimsoll-self-test", F_OK), 0);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> children_of(const std::string& pid) {
  std::vector<std::string> out;
  std::istringstream list(text_of("/proc/" + pid + "/task/" + pid + "/children"));
  for (std::string child; list >> child;) out.push_back(child);
  return out;
}

TEST(Hostile, TheLayersAreSeenFromOutside) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Descriptor seen(ends[0]), look(ends[1]);
  Job job = job_for([](WorkerSide& side) -> Result<std::string> {
    side.progress(1);
    char byte = 0;
    return std::to_string(::read(side.descriptor(0), &byte, 1));
  });
  job.descriptors = {seen.get()};
  std::string status;
  job.progress = [&](uint64_t) {
    for (const std::string& broker : children_of(std::to_string(::getpid()))) {
      for (const std::string& worker : children_of(broker)) status = text_of("/proc/" + worker + "/status");
    }
    ASSERT_EQ(::write(look.get(), "x", 1), 1);
  };
  ASSERT_TRUE(run(job).answer.ok());
  ASSERT_FALSE(status.empty());
  EXPECT_NE(status.find("NoNewPrivs:\t1"), std::string::npos);
  EXPECT_NE(status.find("Seccomp:\t2"), std::string::npos);
  EXPECT_NE(status.find("CapEff:\t0000000000000000"), std::string::npos);
  EXPECT_NE(status.find("CapPrm:\t0000000000000000"), std::string::npos);
  if (::geteuid() == 0) {
    EXPECT_EQ(status.find("Uid:\t0"), std::string::npos);
  }
}

TEST(Hostile, ADangerousCallNamesItsSignal) {
  expect_lost([](WorkerSide&) -> Result<std::string> { return std::to_string(::socket(AF_INET, SOCK_DGRAM, 0)); },
              "SIGSYS");
  expect_lost([](WorkerSide&) -> Result<std::string> { return std::to_string(::kill(::getppid(), SIGKILL)); },
              "SIGSYS");
}

TEST(Hostile, SpinningIsEndedByTheWatchdog) {
  Job job = job_for([](WorkerSide&) -> Result<std::string> { spin(); });
  job.limits.stall_seconds = 1;
  EXPECT_NE(loss(job).find("no progress for 1 s"), std::string::npos);
}

TEST(Hostile, ProgressForEverIsEndedAsWell) {
  Job job = job_for([](WorkerSide& side) -> Result<std::string> {
    for (uint64_t i = 0;; ++i) side.progress(i);
  });
  job.limits.whole_seconds = 1;
  EXPECT_NE(loss(job).find("not done after 1 s"), std::string::npos);
}

TEST(Hostile, HidingFromTheParentIsEndedAsWell) {
  expect_lost(
      [](WorkerSide&) -> Result<std::string> {
        ::close(answer_descriptor);
        spin();
      },
      "SIGKILL");
}

TEST(Hostile, ProcessorTimeIsBounded) {
  Job job = job_for([](WorkerSide& side) -> Result<std::string> {
    for (uint64_t i = 0;; ++i) {
      if (i % (1 << 26) == 0) side.progress(i);
    }
  });
  job.limits.processor_seconds = 1;
  EXPECT_NE(loss(job).find("SIGXCPU"), std::string::npos);
}

TEST(Hostile, MemoryIsBounded) {
  if (sanitized) GTEST_SKIP() << "a sanitizer reserves more addresses than any bound";
  const Outcome outcome = run(job_for([](WorkerSide&) -> Result<std::string> {
    std::vector<std::string> all;
    for (;;) all.emplace_back(1 << 24, 'x');
  }));
  ASSERT_FALSE(outcome.answer.ok());
  EXPECT_NE(outcome.answer.error().message.find("memory"), std::string::npos);
}

TEST(Hostile, AFloodIsCutOff) {
  expect_lost(
      [](WorkerSide& side) -> Result<std::string> {
        const std::string piece = frame(FrameType::piece, std::string(1 << 19, 'x'));
        while (side.send(piece)) continue;
        return std::string();
      },
      "larger than");
}

TEST(Hostile, NonsenseIsRefused) {
  expect_lost(
      [](WorkerSide& side) -> Result<std::string> {
        side.send(std::string(1000, '\xff'));
        return std::string();
      },
      "breaks its format");
  expect_lost(
      [](WorkerSide& side) -> Result<std::string> {
        side.send(frame(FrameType::done, number_payload(5)));
        return std::string();
      },
      "not as long");
}

TEST(Hostile, HalfAFrameIsNoAnswer) {
  expect_lost(
      [](WorkerSide& side) -> Result<std::string> {
        side.send(frame(FrameType::piece, "abc").substr(0, 12));
        ::_exit(0);
      },
      "before it had answered");
}

TEST(Hostile, AWrittenFileIsBounded) {
  char name[] = "/tmp/plimsoll-sandbox-XXXXXX";
  const Descriptor file(::mkstemp(name));
  ::unlink(name);
  Job job = job_for([](WorkerSide&) -> Result<std::string> {
    const std::string much(1 << 16, 'x');
    while (::write(output_descriptor, much.data(), much.size()) > 0) continue;
    return std::string();
  });
  job.output = file.get();
  job.limits.file_bytes = 1 << 20;
  EXPECT_NE(loss(job).find("SIGXFSZ"), std::string::npos);
}

TEST(Hostile, AFaultOrAThrowIsTold) {
  if (!sanitized) expect_lost([](WorkerSide&) -> Result<std::string> { ::raise(SIGSEGV), __builtin_trap(); }, "SIG");
  const Outcome outcome = run(job_for([](WorkerSide&) -> Result<std::string> { throw std::runtime_error("odd\x1b"); }));
  ASSERT_FALSE(outcome.answer.ok());
  EXPECT_EQ(outcome.answer.error().message, "internal error: odd\\x1B");
}

}  // namespace
}  // namespace plimsoll::system::sandbox

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1 && std::strcmp(argv[1], "--unprivileged") == 0 && ::geteuid() == 0) {
    constexpr uid_t user = 54321;
    if (::setgroups(0, nullptr) != 0 || ::setresgid(user, user, user) != 0 || ::setresuid(user, user, user) != 0)
      return 1;
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  }
  return RUN_ALL_TESTS();
}
