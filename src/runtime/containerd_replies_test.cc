#include "runtime/containerd_replies.h"

#include <gtest/gtest.h>

#include "runtime/containerd_for_tests.h"
#include "runtime/containerd_names.h"

namespace plimsoll::runtime {
namespace {

const std::string hex(64, 'c');

TEST(ContainerdReplies, Containers) {
  const auto list = read_containerd_list(testing::one(testing::container_message("web", {{"app", "shop"}, {"x", ""}})) +
                                         testing::one(testing::container_message("db")));
  ASSERT_TRUE(list.ok()) << list.error().to_string();
  ASSERT_EQ(list->size(), 2u);
  const ContainerdContainer& web = list->front();
  EXPECT_EQ(web.id, "web");
  EXPECT_EQ(web.image, "docker.io/shop/web:1");
  EXPECT_EQ(web.labels, (std::map<std::string, std::string>{{"app", "shop"}, {"x", ""}}));
  EXPECT_EQ(web.spec, "{}");
  EXPECT_EQ(web.created, Instant{std::chrono::seconds(1'700'000'000)});
  EXPECT_TRUE(read_containerd_list("")->empty());
  EXPECT_FALSE(read_containerd_container("").ok());
  EXPECT_FALSE(read_containerd_container(testing::one("")).ok());
  EXPECT_FALSE(read_containerd_list("\x0a\x05web").ok());
}

TEST(ContainerdReplies, Tasks) {
  const auto list = read_containerd_tasks(
      testing::one(testing::task_message("web", 812, 2)) + testing::one(testing::task_message("db", 900, 4)) +
      testing::one(testing::task_message("old", 901, 3)) + testing::one(testing::task_message("odd", 902, 77)));
  ASSERT_TRUE(list.ok()) << list.error().to_string();
  ASSERT_EQ(list->size(), 4u);
  EXPECT_EQ(list->at(0).id, "web");
  EXPECT_EQ(list->at(0).pid, 812);
  EXPECT_TRUE(list->at(0).runs());
  EXPECT_TRUE(list->at(1).is_paused());
  EXPECT_FALSE(list->at(2).runs());
  EXPECT_FALSE(list->at(3).runs());
  // Newer ones name the container apart.
  const auto newer = read_containerd_task(
      testing::one(std::move(ProtoWriter().text(1, "web").text(2, "exec").number(3, uint64_t{1} << 40)).take()));
  ASSERT_TRUE(newer.ok());
  EXPECT_EQ(newer->id, "web");
  EXPECT_EQ(newer->pid, 0);  // no process has that number
}

TEST(ContainerdReplies, NamesAndNumbers) {
  EXPECT_EQ(read_containerd_version(testing::one("1.6.20~ds1")).value(), "1.6.20~ds1");
  const auto spaces =
      read_containerd_namespaces(testing::one(testing::one("moby")) + testing::one(testing::one("k8s.io")));
  EXPECT_EQ(spaces.value(), (std::vector<std::string>{"moby", "k8s.io"}));
  const auto pids = read_containerd_pids(testing::one(std::move(ProtoWriter().number(1, 7)).take()) +
                                         testing::one(std::move(ProtoWriter().number(1, 8)).take()));
  EXPECT_EQ(pids.value(), (std::vector<int>{7, 8}));
}

TEST(ContainerdNames, IdsFitWhatTheKernelTells) {
  EXPECT_EQ(containerd_id({"k8s.io", hex}), hex);
  EXPECT_EQ(containerd_id({"shop", hex}), hex);
  EXPECT_EQ(containerd_id({"default", "web"}), "web");
  EXPECT_EQ(containerd_id({"shop", "web"}), "shop/web");
}

TEST(ContainerdNames, WhatAPersonCallsIt) {
  ContainerdContainer container;
  container.id = hex;
  EXPECT_EQ(containerd_called(container), hex.substr(0, 12));
  container.labels["nerdctl/name"] = "web";
  EXPECT_EQ(containerd_called(container), "web");
  container.labels = {{"io.kubernetes.pod.name", "web-1"}, {"io.kubernetes.pod.namespace", "shop"}};
  EXPECT_EQ(containerd_called(container), "shop/web-1");
  container.labels["io.kubernetes.container.name"] = "nginx";
  EXPECT_EQ(containerd_called(container), "shop/web-1/nginx");
  EXPECT_FALSE(is_pod_sandbox(container));
  container.labels["io.cri-containerd.kind"] = "sandbox";
  EXPECT_TRUE(is_pod_sandbox(container));
}

TEST(ContainerdNames, TheirCgroups) {
  EXPECT_EQ(containerd_cgroup("4:memory:/other\n0::/shop/web/init\n", {"shop", "web"}, ""), "/shop/web");
  EXPECT_EQ(containerd_cgroup("0::/system.slice/web\n", {"shop", "web"}, ""), "");
  EXPECT_EQ(containerd_cgroup("0::/my/own\n", {"shop", "web"}, "/my/own"), "/my/own");
  EXPECT_EQ(containerd_cgroup("0::/\n", {"shop", "web"}, "/"), "");
  const std::string scope = "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + hex + ".scope";
  EXPECT_EQ(containerd_cgroup("0::" + scope + "\n", {"k8s.io", hex}, ""), scope);
  EXPECT_EQ(containerd_cgroup("0::/kubepods/pod1/" + hex + "\n", {"k8s.io", hex}, ""), "/kubepods/pod1/" + hex);
}

}  // namespace
}  // namespace plimsoll::runtime
