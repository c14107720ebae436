#include <gtest/gtest.h>

#include "runtime/runtime.h"
#include "system/test_directory.h"
#include "system/test_server.h"

namespace plimsoll::runtime {
namespace {

// One ustar member (POSIX.1, pax: "ustar Interchange Format").
std::string tar_member(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  const auto put = [&](size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  const auto octal = [](size_t number) {
    char text[16];
    std::snprintf(text, sizeof text, "%011zo", number);
    return std::string(text);
  };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(content.size()));
  put(136, octal(0));
  put(148, "        ");
  put(156, "0");
  put(257, std::string("ustar\0", 6) + "00");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  header.replace(148, 7, text, 7);
  const size_t padding = (512 - content.size() % 512) % 512;
  return header + content + std::string(padding, '\0');
}

std::string saved_image() {
  const std::string layer = tar_member("etc/os-release", "ID=debian\n") + std::string(1024, '\0');
  return tar_member("layer1/layer.tar", layer) +
         tar_member("config.json",
                    R"({"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["sha256:00"]}})") +
         tar_member("manifest.json",
                    R"([{"Config":"config.json","RepoTags":["web:1"],"Layers":["layer1/layer.tar"]}])") +
         std::string(1024, '\0');
}

class DockerImage : public ::testing::Test {
 protected:
  system::TestServer::Serve engine() {
    return [this](int fd, const std::string& request) {
      const std::string target = request.substr(4, request.find(' ', 4) - 4);
      targets_.push_back(target);
      const auto reply = [&](const std::string& status, const std::string& body) {
        system::send_all(
            fd, "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
      };
      if (target == "/version")
        return reply("200 OK", R"({"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12"})");
      if (target == "/v1.41/images/web:1/json") {
        return reply("200 OK", R"({"Id":"sha256:ab","RepoTags":["web:1"],"Os":"linux","Architecture":"amd64",
                                   "Config":{"User":"www","ExposedPorts":{"80/tcp":{}}}})");
      }
      if (target == "/v1.41/images/web:1/get") return reply("200 OK", saved_image());
      reply("404 Not Found", R"({"message":"No such image"})");
    };
  }

  system::TestDirectory dir_;
  std::string socket_ = dir_ / "docker.sock";
  std::vector<std::string> targets_;
};

struct Names : rootfs::Visitor {
  bool wants(const rootfs::Entry& entry) override { return entry.type == rootfs::EntryType::file; }
  void visit(const rootfs::Entry& entry, rootfs::File& file) override {
    const auto content = file.read_all(1000);
    seen.push_back(std::string(entry.path) + "=" + (content.ok() ? *content : "?"));
  }
  std::vector<std::string> seen;
};

TEST_F(DockerImage, StreamsWhatTheEngineSaves) {
  {
    const system::TestServer server(socket_, engine());
    auto image = docker_image(socket_, "web:1");
    ASSERT_TRUE(image.ok()) << image.error().to_string();
    EXPECT_EQ(image->config.digest.value, "sha256:ab");
    EXPECT_EQ(image->config.tags, std::vector<std::string>{"web:1"});
    EXPECT_EQ(image->config.user, "www");
    EXPECT_EQ(image->config.exposed_ports, std::vector<std::string>{"80/tcp"});
    Names names;
    auto saved = rootfs::open_stream(std::move(image->bytes));
    ASSERT_TRUE(saved.ok());
    const auto walked = saved->tree->walk(names);
    ASSERT_TRUE(walked.ok()) << walked.error().to_string();
    EXPECT_EQ(names.seen, std::vector<std::string>{"etc/os-release=ID=debian\n"});
  }
  EXPECT_EQ(targets_, (std::vector<std::string>{"/version", "/v1.41/images/web:1/json", "/v1.41/images/web:1/get"}));
}

TEST_F(DockerImage, NoSuchImageAndNoEngine) {
  EXPECT_EQ(docker_image(socket_, "web:1").error().kind, ErrorKind::not_found);
  const system::TestServer server(socket_, engine());
  const auto image = docker_image(socket_, "other:2");
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().kind, ErrorKind::not_found);
  EXPECT_NE(image.error().message.find("No such image"), std::string::npos);
}

TEST_F(DockerImage, OddReferencesNeverReachARequest) {
  for (const char* reference : {"", "../containers/x", "a/../b", "a b", "a?b=1", "a#b", "a%2e", "a\r\nX: y", "/a"}) {
    const auto image = docker_image(socket_, reference);
    ASSERT_FALSE(image.ok()) << reference;
    EXPECT_EQ(image.error().kind, ErrorKind::malformed) << reference;
  }
}

}  // namespace
}  // namespace plimsoll::runtime
