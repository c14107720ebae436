#include "runtime/docker_events.h"

#include <gtest/gtest.h>

namespace plimsoll::runtime {
namespace {

std::string event(const std::string& type, const std::string& action, const std::string& id) {
  return R"({"Type":")" + type + R"(","Action":")" + action + R"(","Actor":{"ID":")" + id + R"(","Attributes":{}}})" +
         "\n";
}

std::vector<std::string> pulled(DockerEvents& events, const std::string& bytes) {
  std::vector<std::string> out;
  for (const DockerEvents::Event& one : events.take(bytes)) out.push_back(one.pulled);
  return out;
}

TEST(DockerEvents, TellPulledImagesFromTheRest) {
  DockerEvents events;
  using Names = std::vector<std::string>;
  EXPECT_EQ(pulled(events, event("image", "pull", "shop/web:1") + event("container", "start", "abc") +
                               event("image", "tag", "sha256:1") + event("container", "pull", "x") + "\n"),
            (Names{"shop/web:1", "", "", ""}));
  // In pieces.
  const std::string whole = event("image", "pull", "localhost:5000/a@sha256:12");
  EXPECT_EQ(pulled(events, whole.substr(0, 20)), Names{});
  EXPECT_EQ(pulled(events, whole.substr(20) + "{"), Names{"localhost:5000/a@sha256:12"});
  // Odd ones.
  EXPECT_EQ(pulled(events, "\n[1]\n\xff\nnull\n"), (Names{"", "", "", ""}));
  EXPECT_EQ(pulled(events, event("image", "pull", "a b") + event("image", "pull", std::string(600, 'a'))),
            (Names{"", ""}));
  EXPECT_EQ(pulled(events, std::string(100'000, 'x')), Names{});
  EXPECT_EQ(pulled(events, "\n" + event("image", "pull", "a")), (Names{"", "a"}));
}

}  // namespace
}  // namespace plimsoll::runtime
