#include "network/protocol/recognisers.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "network/protocol/samples_for_tests.h"

namespace plimsoll::network {
namespace {

// The bytes that the recognisers see: without the header of a proxy, which is taken off before.
std::string inner(const std::string& client) {
  return client.starts_with("PROXY ") ? client.substr(client.find("\r\n") + 2) : client;
}

std::vector<std::pair<std::string_view, Verdict>> verdicts(const Sample& sample, size_t client, size_t server) {
  std::vector<std::pair<std::string_view, Verdict>> out;
  const std::string asked = inner(sample.client);
  const Heads heads{std::string_view(asked).substr(0, client), std::string_view(sample.server).substr(0, server),
                    sample.port};
  for (const Recogniser& one : recognisers()) {
    Identity identity;
    if (one.transport == sample.transport) out.emplace_back(one.name, one.look(heads, identity));
  }
  return out;
}

TEST(Recognisers, EachSampleIsSureOfOneAlone) {
  for (const Sample& sample : samples()) {
    int sure = 0;
    for (const auto& [name, verdict] : verdicts(sample, 100'000, 100'000)) {
      EXPECT_NE(verdict, Verdict::likely) << sample.name << " could be " << name;
      sure += verdict == Verdict::sure ? 1 : 0;
    }
    EXPECT_EQ(sure, 1) << sample.name;
  }
}

// Whatever part of it came, the right one never gives up. (UDP datagrams come whole.)
TEST(Recognisers, NoPrefixIsRefused) {
  for (const Sample& sample : samples()) {
    if (sample.transport == Transport::udp) continue;
    std::string_view right;
    for (const auto& [name, verdict] : verdicts(sample, 100'000, 100'000)) {
      if (verdict == Verdict::sure) right = name;
    }
    const size_t asked = inner(sample.client).size();
    const auto refused = [&](size_t client, size_t server) {
      for (const auto& [name, verdict] : verdicts(sample, client, server)) {
        if (name == right && verdict == Verdict::no) return true;
      }
      return false;
    };
    const size_t answered = sample.server.size();
    for (size_t client = 0; client <= asked; ++client)
      EXPECT_FALSE(refused(client, sample.server_first ? answered : 0))
          << sample.name << " after " << client << " bytes";
    for (size_t server = 0; server <= answered; ++server)
      EXPECT_FALSE(refused(sample.server_first ? 0 : asked, server))
          << sample.name << " answered " << server << " bytes";
  }
}

TEST(Recognisers, OtherBytesAreNone) {
  std::mt19937 random(3);
  for (int round = 0; round < 5000; ++round) {
    std::string client(1 + random() % 80, '\0'), server(1 + random() % 80, '\0');
    for (char& c : client) c = static_cast<char>(random());
    for (char& c : server) c = static_cast<char>(random());
    for (const Recogniser& one : recognisers()) {
      Identity identity;
      EXPECT_NE(one.look({client, server, 80}, identity), Verdict::sure) << one.name;
    }
  }
}

TEST(Recognisers, LookAlikesAreNone) {
  struct Case {
    const char* client;
    const char* server;
  };
  for (const Case& one :
       {Case{"GET /x\r\n", "<html>"}, Case{"OPTIONS sip:a@b SIP/2.0\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n"},
        Case{"EHLO client\r\n", "220 mail ESMTP\r\n"}, Case{"USER x\r\n", "+OK ready\r\n"},
        Case{"*1\r\n$4\r\nNOPE\r\n", "-ERR\r\n"}, Case{"get\r\n", "what?\r\n"}}) {
    for (const Recogniser& recogniser : recognisers()) {
      Identity identity;
      EXPECT_NE(recogniser.look({one.client, one.server, 80}, identity), Verdict::sure)
          << recogniser.name << ": " << printable(one.client);
    }
  }
}

}  // namespace
}  // namespace plimsoll::network
