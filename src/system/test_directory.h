#pragma once
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace plimsoll::system {

// For tests: a directory of one's own that goes away with the object.
class TestDirectory {
 public:
  TestDirectory() {
    char name[] = "/tmp/plimsoll-test-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace plimsoll::system
