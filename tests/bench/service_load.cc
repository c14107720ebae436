// Asks a service over plain HTTP at a steady rate and tells how long answers take, counted from when each was due.
// Usage: service_load PORT RATE SECONDS STREAMS HEADERS PATH...
//   RATE      requests a second over all PATHs in turn, on keep-alive connections; 0: one after the other
//   STREAMS   clients of the event stream that listen meanwhile
//   HEADERS   file with header lines to send (the session)
// Prints a JSON line for each path (and one for all) with milliseconds: n, p50, p99, max, failed; and events heard.
#include <arpa/inet.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace {

using namespace plimsoll;
using Clock = std::chrono::steady_clock;

int dial(uint16_t port) {
  const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  place.sin_port = htons(port);
  // From an address of its own: the server takes so many connections of each, and others may hold those of 127.0.0.1.
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  (void)::bind(out, reinterpret_cast<sockaddr*>(&from), sizeof from);
  if (::connect(out, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0) return out;
  ::close(out);
  return -1;
}

bool send_all(int to, const std::string& text) {
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t now = ::send(to, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return false;
    sent += static_cast<size_t>(now);
  }
  return true;
}

std::string request(const std::string& path, const std::string& headers) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

// One answer with its length told; its status, 0 when it broke off.
int read_answer(int from, std::string& buffer) {
  char bytes[1 << 16];
  size_t head = std::string::npos, length = 0;
  for (;;) {
    if (head == std::string::npos && (head = buffer.find("\r\n\r\n")) != std::string::npos) {
      const std::string low = lower(buffer.substr(0, head));
      const size_t at = low.find("content-length:");
      if (at == std::string::npos) return 0;
      length = static_cast<size_t>(std::strtoull(low.c_str() + at + 15, nullptr, 10));
    }
    if (head != std::string::npos && buffer.size() >= head + 4 + length) {
      const int status = std::atoi(buffer.c_str() + 9);
      buffer.erase(0, head + 4 + length);
      return status;
    }
    pollfd ready{from, POLLIN, 0};
    if (::poll(&ready, 1, 60'000) <= 0) return 0;
    const ssize_t got = ::recv(from, bytes, sizeof bytes, 0);
    if (got <= 0) return 0;
    buffer.append(bytes, static_cast<size_t>(got));
  }
}

struct Measured {
  std::vector<double> milliseconds;
  int failed = 0;
};

void tell(const std::string& what, Measured& m) {
  std::ranges::sort(m.milliseconds);
  const auto at = [&](double part) {
    return m.milliseconds.empty()
               ? 0
               : m.milliseconds[static_cast<size_t>(part * static_cast<double>(m.milliseconds.size() - 1))];
  };
  fmt::print(R"({{"path": "{}", "n": {}, "p50": {:.2f}, "p99": {:.2f}, "max": {:.2f}, "failed": {}}})"
             "\n",
             what, m.milliseconds.size(), at(0.5), at(0.99), at(1), m.failed);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) {
    fmt::print(stderr, "usage: service_load PORT RATE SECONDS STREAMS HEADERS PATH...\n");
    return 2;
  }
  const auto port = static_cast<uint16_t>(std::atoi(argv[1]));
  const int rate = std::atoi(argv[2]), lasts = std::atoi(argv[3]), streams = std::atoi(argv[4]);
  std::string headers;
  const std::string text = read_file(argv[5]).value_or("");
  for (const std::string_view line : split(text, '\n')) {
    if (!trim(line).empty()) headers += std::string(trim(line)) + "\r\n";
  }
  const std::vector<std::string> paths(argv + 6, argv + argc);

  std::atomic<bool> stop = false;
  std::atomic<uint64_t> heard = 0, broken = 0;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    std::vector<pollfd> all;
    for (int i = 0; i < streams; ++i) {
      const int stream = dial(port);
      if (stream < 0 || !send_all(stream, request("/api/v1/events/stream", headers)))
        ++broken;
      else
        all.push_back({stream, POLLIN, 0});
    }
    char bytes[1 << 16];
    while (!stop) {
      if (::poll(all.data(), all.size(), 100) <= 0) continue;
      for (pollfd& one : all) {
        if (one.revents == 0) continue;
        const ssize_t got = ::recv(one.fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got <= 0) {
          ++broken;
          ::close(std::exchange(one.fd, -1));
        }
        for (ssize_t i = 0; i + 3 < got; ++i) heard += std::string_view(bytes + i, 4) == "id: ";
      }
    }
  });

  constexpr int connections = 16;
  std::mutex mutex;
  std::map<std::string, Measured> measured;
  std::atomic<uint64_t> next = 0;
  const auto began = Clock::now() + std::chrono::seconds(streams > 0 ? 2 : 0);
  const int askers = rate == 0 ? 1 : connections;
  std::vector<std::thread> asking;
  for (int i = 0; i < askers; ++i) {
    asking.emplace_back([&] {
      int socket = dial(port);
      std::string buffer;
      for (;;) {
        const uint64_t number = next++;
        auto due = Clock::now();
        if (rate > 0) {
          due = began + std::chrono::nanoseconds(number * 1'000'000'000ull / static_cast<uint64_t>(rate));
          std::this_thread::sleep_until(due);
        }
        if (due > began + std::chrono::seconds(lasts)) break;
        const std::string& path = paths[number % paths.size()];
        const bool sent = socket >= 0 && send_all(socket, request(path, headers));
        const int status = sent ? read_answer(socket, buffer) : 0;
        const std::chrono::duration<double, std::milli> took = Clock::now() - due;
        if (status == 0) {
          ::close(socket);
          socket = dial(port);
          buffer.clear();
        }
        const std::lock_guard lock(mutex);
        Measured& here = measured[path];
        if (status == 200)
          here.milliseconds.push_back(took.count());
        else
          ++here.failed;
      }
      ::close(socket);
    });
  }
  for (std::thread& thread : asking) thread.join();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  Measured all;
  for (auto& [path, one] : measured) {
    all.milliseconds.insert(all.milliseconds.end(), one.milliseconds.begin(), one.milliseconds.end());
    all.failed += one.failed;
    tell(path, one);
  }
  tell("all", all);
  fmt::print(R"({{"streams": {}, "heard": {}, "broken": {}}})"
             "\n",
             streams, heard.load(), broken.load());
  return 0;
}
