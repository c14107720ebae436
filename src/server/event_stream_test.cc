// Many listeners that come, and go in the middle of a frame, while events and progress are told: nothing is touched
// that is gone (this is for the sanitizers), and whoever stays hears both.
#include "server/event_stream.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include "base/clock.h"
#include "system/test_directory.h"

namespace plimsoll::server {
namespace {

// Reads for so many pieces, then closes; by reset when told to.
std::string listen_a_while(uint16_t port, int pieces, bool reset) {
  const system::Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
  constexpr std::string_view ask = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  if (::write(socket.get(), ask.data(), ask.size()) != static_cast<ssize_t>(ask.size())) return {};
  const timeval patience{0, 100'000};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string heard;
  std::array<char, 4096> buffer{};
  for (int i = 0; i < pieces; ++i) {
    const ssize_t got = ::read(socket.get(), buffer.data(), buffer.size());
    if (got == 0) break;
    if (got > 0) heard.append(buffer.data(), static_cast<size_t>(got));
  }
  const linger at_once{1, 0};
  if (reset) ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  return heard;
}

TEST(EventStream, ManyComeAndGo) {
  const system::TestDirectory directory;
  const auto journal = std::move(*journal::open_journal(directory / "journal.db"));
  Auth auth(*journal);
  EventTail tail(*journal);
  World world;
  journal::User user;
  user.name = "anna";
  ASSERT_TRUE(journal->put_user(user).ok());
  const Principal who = auth.begin_session(Request{}, user, wall_clock())->who;
  system::Descriptor listener = std::move(*listen_on({"127.0.0.1", 0, true}));
  const uint16_t port = port_of(listener.get());
  const auto server = std::move(*HttpServer::make(std::move(listener), std::nullopt, HttpLimits{}, [&](const Request&) {
    Response out;
    out.type = "text/event-stream";
    out.stream = event_stream(tail, auth, world, who, 0, wall_clock);
    return out;
  }));
  journal->on_events([&](journal::Sequence) { server->wake(); });
  world.on_progress([&] { server->wake(); });
  std::thread network([&] { server->run(); });

  std::atomic<bool> ending{false};
  std::thread writer([&] {
    for (size_t i = 0; i < 200 && !ending; ++i)
      EXPECT_TRUE(
          journal->append({{"test.event", "test", {}, R"({"text":")" + std::string(i * 10, 'x') + "\"}", {}}}).ok());
  });
  std::thread worker([&] {
    for (uint64_t i = 0; !ending; ++i) {
      world.change_progress([&](World::Progress& progress) { progress.scan = {true, "reading", i, 0, ""}; });
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  std::vector<std::thread> listeners;
  std::atomic<int> heard_both{0};
  const auto listen = [&](int pieces, bool reset) {
    const std::string heard = listen_a_while(port, pieces, reset);
    if (heard.find("event: test.event") != heard.npos && heard.find("event: progress") != heard.npos) ++heard_both;
  };
  for (int l = 0; l < 8; ++l) {
    listeners.emplace_back([&, l] {
      for (int turn = 0; turn < 10; ++turn) listen(1 + (turn + l) % 10, l % 2 == 0);
    });
  }
  for (std::thread& listener_thread : listeners) listener_thread.join();
  for (int turn = 0; turn < 20 && heard_both == 0; ++turn) listen(50, true);  // a busy machine needs longer for both
  EXPECT_GT(heard_both, 0);
  // Whoever is signed out hears the end.
  ASSERT_TRUE(auth.end_session(who).ok());
  server->wake();
  EXPECT_EQ(listen_a_while(port, 100, false).find("event: test.event"), std::string::npos);
  ending = true;
  writer.join();
  worker.join();
  journal->on_events({});
  world.on_progress({});
  server->stop();
  network.join();
  EXPECT_GE(server->counts().requests, 80u);
}

}  // namespace
}  // namespace plimsoll::server
