#pragma once
#include <functional>
#include <string>
#include <thread>

#include "system/descriptor.h"

namespace plimsoll::system {

// For tests: listens on a UNIX socket and answers each connection in turn by `serve(fd, request head)`, then closes it.
class TestServer {
 public:
  using Serve = std::function<void(int fd, const std::string& request)>;
  TestServer(const std::string& path, Serve serve);
  // The same on a free TCP port of the loopback address.
  explicit TestServer(Serve serve);
  int port() const { return port_; }
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

 private:
  void run();

  Serve serve_;
  Descriptor listener_;
  int port_ = 0;
  std::jthread thread_;
};

// Writes everything; false when the peer has gone.
bool send_all(int fd, const std::string& bytes);

}  // namespace plimsoll::system
