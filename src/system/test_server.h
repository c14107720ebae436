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
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

 private:
  void run();

  Serve serve_;
  Descriptor listener_;
  std::jthread thread_;
};

// Writes everything; false when the peer has gone.
bool send_all(int fd, const std::string& bytes);

}  // namespace plimsoll::system
