#include "server/prepared_graph.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

namespace plimsoll::server {
namespace {

using namespace std::chrono_literals;

Response of_size(size_t bytes, int status = 200) {
  Response out;
  out.status = status;
  out.body.assign(bytes, 'x');
  return out;
}

// Waits until it was asked `times`, at most ten seconds.
bool asked(const std::atomic<int>& count, int times) {
  for (int i = 0; i < 1000 && count < times; ++i) std::this_thread::sleep_for(10ms);
  return count >= times;
}

// The answer is kept right after it was made.
std::shared_ptr<const Response> soon(const PreparedGraph& graph) {
  for (int i = 0; i < 500 && graph.last() == nullptr; ++i) std::this_thread::sleep_for(10ms);
  return graph.last();
}

TEST(PreparedGraph, IsWorkedOutBeforeAnybodyAsks) {
  PreparedGraph graph;
  EXPECT_EQ(graph.last(), nullptr);
  graph.start([] { return of_size(size_t{1} << 20); }, [] { return uint64_t{1}; }, {10ms, 10ms});
  const auto answer = soon(graph);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->body.size(), size_t{1} << 20);
}

TEST(PreparedGraph, IsWorkedOutAnewOnlyWhenWhatItTellsChanged) {
  PreparedGraph graph;
  std::atomic<int> made{0};
  std::atomic<uint64_t> version{1};
  graph.start([&] { return ++made, of_size(size_t{1} << 20); }, [&] { return version.load(); }, {1ms, 1ms});
  ASSERT_TRUE(asked(made, 1));
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(made, 1);
  version = 2;
  EXPECT_TRUE(asked(made, 2));
  graph.stop();
  EXPECT_EQ(made, 2);
}

TEST(PreparedGraph, WhatIsSmallOrFailsIsNotKept) {
  PreparedGraph graph;
  std::atomic<int> made{0};
  std::atomic<uint64_t> version{1};
  graph.start(
      [&] {
        const int n = ++made;
        return n == 1 ? of_size(size_t{1} << 20) : n == 2 ? of_size(size_t{1} << 20, 503) : of_size(100);
      },
      [&] { return version.load(); }, {1ms, 1ms});
  ASSERT_NE(soon(graph), nullptr);
  version = 2;
  ASSERT_TRUE(asked(made, 2));
  version = 3;
  ASSERT_TRUE(asked(made, 3));
  graph.stop();
  EXPECT_EQ(graph.last(), nullptr);
}

TEST(PreparedGraph, EndsAtOnceAlsoBeforeItsFirstAnswer) {
  PreparedGraph graph;
  graph.start([] { return of_size(1); }, [] { return uint64_t{1}; }, {std::chrono::hours(1), std::chrono::hours(1)});
  graph.stop();
  EXPECT_EQ(graph.last(), nullptr);
}

}  // namespace
}  // namespace plimsoll::server
