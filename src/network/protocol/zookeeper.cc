// ZooKeeper: a ConnectRequest (jute records) and its answer, or a command of four letters.
#include <array>

#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

constexpr std::array<std::string_view, 10> words = {"ruok", "stat", "srvr", "mntr", "conf",
                                                    "envi", "cons", "isro", "dump", "wchs"};
constexpr std::array<std::string_view, 5> answers = {"imok", "Zookeeper version", "zk_version",
                                                     "clientPort=", "Environment:"};
// After the word itself.
constexpr std::string_view refusal = "is not executed because it is not in the whitelist";

Verdict look_word(const Heads& heads, Identity& identity) {
  if (heads.server.empty()) return Verdict::more;
  bool begins = false, fits = heads.server.find(refusal) != std::string_view::npos;
  for (const std::string_view answer : answers) {
    begins = begins || agrees(heads.server, answer);
    fits = fits || heads.server.starts_with(answer);
  }
  if (!fits) return begins || agrees(heads.server, heads.client.substr(0, 4)) ? Verdict::more : Verdict::no;
  identity.software = "ZooKeeper";
  std::string_view version = between(heads.server, "Zookeeper version: ", ",\n");
  if (version.empty()) version = between(heads.server, "zk_version\t", ",\n");
  identity.software_version = version.substr(0, version.find('-'));
  return Verdict::sure;
}

}  // namespace

Verdict look_zookeeper(const Heads& heads, Identity& identity) {
  const std::string_view client = heads.client, server = heads.server;
  if (client.empty()) return server.empty() ? Verdict::more : Verdict::no;
  identity.application = "ZooKeeper";
  if (client.size() < 4) return Verdict::more;
  if (std::find(words.begin(), words.end(), client.substr(0, 4)) != words.end() && client.size() <= 6)
    return look_word(heads, identity);
  const uint64_t length = *be(client, 0, 4);
  if (length != 44 && length != 45) return Verdict::no;
  if (client.size() < 48) return Verdict::more;
  const uint64_t time_out = *be(client, 16, 4);
  if (*be(client, 4, 4) != 0 || time_out < 1000 || time_out > 600'000 || *be(client, 28, 4) != 16) return Verdict::no;
  if (server.size() < 24) return Verdict::likely;
  const uint64_t answer = *be(server, 0, 4);
  return (answer == 36 || answer == 37) && *be(server, 4, 4) == 0 ? Verdict::sure : Verdict::no;
}

}  // namespace plimsoll::network
