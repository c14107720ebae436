#include "probe/network/owners.h"

#include <gtest/gtest.h>

namespace plimsoll::probe {
namespace {

using network::Owner;
using network::parse_address;

constexpr uint64_t kHostNamespace = 100, kWebNamespace = 101, kDbNamespace = 102;
const AssetId kHost{"host:h"}, kWeb{"docker:web"}, kDb{"docker:db"}, kOnHost{"docker:onhost"};

Result<std::string> path_of(uint64_t cgroup) {
  switch (cgroup) {
    case 11:
      return std::string("/docker/web");
    case 12:
      return std::string("/docker/db/nested");
    case 13:
      return std::string("/docker/onhost");
    case 14:
      return std::string("/system.slice/cron.service");
    case 15:
      return std::string("/docker/1111111111111111111111111111111111111111111111111111111111111111");
    default:
      return Error{ErrorKind::not_found, "gone"};
  }
}

Watched container(const AssetId& asset, const std::string& cgroup) { return {asset, "n", 1, cgroup, {}, {}}; }

class OwnersTest : public testing::Test {
 protected:
  void SetUp() override {
    owners.set_host_addresses({*parse_address("192.0.2.1")});
    owners.add(container(kWeb, "/docker/web"), kWebNamespace, {*parse_address("172.18.0.2")});
    owners.add(container(kDb, "/docker/db"), kDbNamespace, {*parse_address("172.18.0.3")});
    owners.add(container(kOnHost, "/docker/onhost"), kHostNamespace, {});
  }
  AssetId of(uint64_t name_space, uint64_t cgroup) const {
    return owners.asset_of(Owner{name_space, cgroup, 0, ""}, 0);
  }
  Owners owners{kHost, kHostNamespace, path_of};
};

TEST_F(OwnersTest, TheControlGroupDecidesBeforeTheNamespace) {
  EXPECT_EQ(of(kWebNamespace, 11), kWeb);
  EXPECT_EQ(of(kDbNamespace, 12), kDb) << "a control group within the container's";
  EXPECT_EQ(of(kHostNamespace, 13), kOnHost) << "a container in the host's namespace";
  EXPECT_EQ(of(kHostNamespace, 14), kHost);
  EXPECT_EQ(of(kWebNamespace, 14), kHost) << "a service of the host that went into a container's namespace";
}

TEST_F(OwnersTest, WithoutAControlGroupTheNamespaceDecides) {
  EXPECT_EQ(of(kWebNamespace, 0), kWeb);
  EXPECT_EQ(of(kWebNamespace, 999), kWeb) << "a control group that is gone";
  EXPECT_EQ(of(kHostNamespace, 0), kHost);
  EXPECT_EQ(of(4711, 0), kHost) << "a namespace of no container";
  EXPECT_EQ(owners.asset_of({}, kDbNamespace), kDb) << "where it was seen";
}

TEST_F(OwnersTest, TheRootControlGroupIsTheHostsUnlessContainersLiveInIt) {
  EXPECT_EQ(of(kWebNamespace, 1), kHost) << "the engine's resolver";
  owners.add(container(kWeb, "/"), kWebNamespace, {});
  EXPECT_EQ(of(kWebNamespace, 1), kWeb) << "a machine without cgroup2 groups";
}

TEST_F(OwnersTest, AContainerNotYetListedIsKnownByItsControlGroup) {
  EXPECT_EQ(of(4711, 15), (AssetId{"docker:1111111111111111111111111111111111111111111111111111111111111111"}));
}

TEST_F(OwnersTest, ANamespaceThatIsGivenAgainBelongsToTheNewOne) {
  owners.remove(kWeb);
  EXPECT_EQ(of(kWebNamespace, 0), kHost);
  owners.add(container(kDb, "/docker/db"), kWebNamespace, {*parse_address("172.18.0.2")});
  EXPECT_EQ(of(kWebNamespace, 0), kDb);
  EXPECT_EQ(of(kWebNamespace, 11), kHost) << "the path names no known container, and no id";
}

TEST_F(OwnersTest, AnAddressNamesANamespaceOnlyWhereItHasItAlone) {
  EXPECT_EQ(owners.namespace_with(*parse_address("172.18.0.2")), kWebNamespace);
  EXPECT_EQ(owners.namespace_with(*parse_address("192.0.2.1")), kHostNamespace);
  EXPECT_EQ(owners.namespace_with(*parse_address("203.0.113.9")), 0U);
  owners.add(container({"docker:joined"}, "/docker/joined"), kWebNamespace, {*parse_address("172.18.0.2")});
  EXPECT_EQ(owners.namespace_with(*parse_address("172.18.0.2")), kWebNamespace);
  owners.add(container({"docker:twin"}, "/docker/twin"), 103, {*parse_address("172.18.0.2")});
  EXPECT_EQ(owners.namespace_with(*parse_address("172.18.0.2")), 0U);
  owners.remove({"docker:twin"});
  owners.remove({"docker:joined"});
  EXPECT_EQ(owners.namespace_with(*parse_address("172.18.0.2")), kWebNamespace);
}

}  // namespace
}  // namespace plimsoll::probe
