#include "system/connections.h"

#include <gtest/gtest.h>

#include "system/initial_namespaces.h"
#include "system/memory_machine.h"

namespace plimsoll::system {
namespace {

const std::string kHeading = "  sl  local_address rem_address\n";

TEST(Connections, ListenersAreNamedWithTheirProcess) {
  MemoryMachine machine;
  machine
      .add_file("/proc/7/net/tcp", kHeading +
                                       "0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 0 0 501 1\n"
                                       "1: 00000000:0050 00000000:0000 0A 0:0 0:0 0 0 0 502 1\n"
                                       "2: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 0 0 503 1\n")
      .add_link("/proc/7/fd/3", "socket:[501]")
      .add_link("/proc/7/fd/4", "pipe:[503]");
  const auto sockets = read_sockets(machine, "7");
  EXPECT_TRUE(sockets.errors.empty());  // no IPv6 and no UDP table: such kernels exist
  SocketOwners owners;
  ASSERT_TRUE(add_socket_owners(machine, 7, owners).ok());
  const auto all = listeners_of(sockets.rows, owners, false);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0], (Listener{Transport::tcp, "0.0.0.0", 80, 7, false}));
  EXPECT_EQ(all[1], (Listener{Transport::tcp, "127.0.0.1", 8080, 0, true}));
  EXPECT_EQ(listeners_of(sockets.rows, owners, true).size(), 1U);
}

TEST(Connections, NoTableAtAllIsAnError) {
  MemoryMachine machine;
  EXPECT_EQ(read_sockets(machine, "7").errors.size(), 1U);
  machine.add_file("/proc/8/net/tcp", kHeading).fail("/proc/8/net/tcp6", ErrorKind::denied);
  EXPECT_EQ(read_sockets(machine, "8").errors.size(), 1U);
}

TEST(Connections, ATableThatTheKernelCountsAsEmptyIsNotRead) {
  MemoryMachine machine;
  machine.add_file("/proc/7/net/sockstat", "sockets: used 3\nTCP: inuse 0 orphan 0 tw 0\nUDP: inuse 1 mem 0\n")
      .add_file("/proc/7/net/sockstat6", "TCP6: inuse 1\n")
      .fail("/proc/7/net/tcp", ErrorKind::denied)
      .add_file("/proc/7/net/tcp6", kHeading +
                                        "0: 00000000000000000000000000000000:0050 "
                                        "00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 501 1\n")
      .add_file("/proc/7/net/udp", kHeading + "0: 00000000:0035 00000000:0000 07 0:0 0:0 0 0 0 502 1\n");
  const auto sockets = read_sockets(machine, "7");
  EXPECT_TRUE(sockets.errors.empty());
  EXPECT_EQ(sockets.rows.size(), 2U);
}

TEST(Connections, TellWhichEndListens) {
  const auto rows = parse_sockets(kHeading +
                                      "0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 0 0 1 1\n"
                                      "1: 020200C0:0050 050200C0:C350 01 0:0 0:0 0 0 0 2 1\n"
                                      "2: 020200C0:9999 070200C0:18EB 01 0:0 0:0 0 0 0 3 1\n",
                                  Transport::tcp)
                        .rows;
  const auto list = connections_of(rows, {"docker:x"}, nullptr);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_TRUE(list[0].local_listens);
  EXPECT_FALSE(list[1].local_listens);
  EXPECT_EQ(list[1].remote_port, 6379);
  const SocketOwners only = {{3, 7}};
  EXPECT_EQ(connections_of(rows, {"docker:x"}, &only).size(), 1U);
}

TEST(Connections, DefaultRouteIsUnknownWhenATableIsMissing) {
  MemoryMachine machine;
  EXPECT_FALSE(has_default_route(machine, "7").known());
  machine.add_file("/proc/7/net/route", "Iface\n");
  EXPECT_TRUE(has_default_route(machine, "7").is(false));  // no IPv6 in this kernel
  machine.fail("/proc/7/net/ipv6_route", ErrorKind::denied);
  EXPECT_FALSE(has_default_route(machine, "7").known());
}

TEST(Connections, LocalAddressesSayWhichTableIsMissing) {
  MemoryMachine machine;
  EXPECT_EQ(read_local_addresses(machine, "7").errors.size(), 1U);  // no IPv6 is no error
  machine.add_file("/proc/7/net/fib_trie", "Local:\n  |-- 192.0.2.4\n     /32 host LOCAL\n");
  machine.add_file("/proc/7/net/if_inet6", "20010db8000000000000000000000004 02 40 00 80 eth0\n");
  const LocalAddresses both = read_local_addresses(machine, "7");
  EXPECT_EQ(both.addresses, (std::vector<std::string>{"192.0.2.4", "2001:db8::4"}));
  EXPECT_TRUE(both.errors.empty());
  machine.fail("/proc/7/net/if_inet6", ErrorKind::denied);
  const LocalAddresses half = read_local_addresses(machine, "7");
  EXPECT_EQ(half.addresses, std::vector<std::string>{"192.0.2.4"});
  EXPECT_EQ(half.errors.size(), 1U);
}

TEST(InitialNamespaces, FallBackWhereProcessOneRefuses) {
  MemoryMachine machine;
  for (const char* name : {"ipc", "uts", "user", "pid", "cgroup", "time", "net", "mnt"}) {
    machine.fail(std::string("/proc/1/ns/") + name, ErrorKind::denied);
  }
  auto initial = initial_namespaces(machine);
  EXPECT_TRUE(initial["pid"].is(4026531836));
  EXPECT_FALSE(initial["net"].known());
  machine.add_file("/proc/2/comm", "kthreadd\n").add_namespace("/proc/2/ns/net", "net", 4026531992);
  initial = initial_namespaces(machine);
  EXPECT_TRUE(initial["net"].is(4026531992));
  EXPECT_EQ(initial["net"].source, "/proc/2/ns/net");
  machine.add_namespace("/proc/1/ns/net", "net", 4026531993);
  EXPECT_TRUE(initial_namespaces(machine)["net"].is(4026531993));
}

}  // namespace
}  // namespace plimsoll::system
