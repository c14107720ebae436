// What proves that a database asks nobody for a name, and what only looks like it.
#include <gtest/gtest.h>
#include <zlib.h>

#include "network/detect/detector_for_tests.h"
#include "network/detect/rows.h"

namespace plimsoll::network {
namespace {

struct Said {
  bool client;
  std::string bytes;
};

std::vector<Finding> heard(const DetectorRow& row, const std::vector<Said>& dialogue, bool slowly = false,
                           Transport transport = Transport::tcp) {
  Watched watched(row);
  const FlowRecord flow = watched.flow("203.0.113.7", 4000, "10.0.0.2", 1234, transport);
  for (const Said& said : dialogue) {
    if (slowly) {
      said.client ? watched.client_slowly(flow, said.bytes) : watched.server_slowly(flow, said.bytes);
    } else {
      said.client ? watched.client(flow, said.bytes) : watched.server(flow, said.bytes);
    }
  }
  return watched.findings();
}

void expect_fires(const DetectorRow& row, const std::vector<Said>& dialogue, SeverityLevel severity) {
  for (const bool slowly : {false, true}) {
    const auto found = heard(row, dialogue, slowly);
    ASSERT_EQ(found.size(), 1u) << dialogue[0].bytes << slowly;
    EXPECT_EQ(found[0].detector, row.id);
    EXPECT_EQ(found[0].severity, severity);
    EXPECT_EQ(found[0].outcome, Finding::Outcome::answered);
    EXPECT_TRUE(found[0].from_outside_only);
  }
}

TEST(ExposeRedis, DataForNobodyInParticular) {
  expect_fires(expose_redis_row, {{true, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"}, {false, "$5\r\nvalue\r\n"}},
               SeverityLevel::high);
  expect_fires(expose_redis_row, {{true, "*2\r\n$3\r\nget\r\n$1\r\nk\r\n"}, {false, "$-1\r\n"}}, SeverityLevel::high);
  expect_fires(expose_redis_row, {{true, "KEYS *\r\n"}, {false, "*2\r\n$1\r\na\r\n$1\r\nb\r\n"}}, SeverityLevel::high);
  expect_fires(expose_redis_row,
               {{true, "*1\r\n$4\r\nPING\r\n*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*1\r\n$4\r\nINFO\r\n"},
                {false, "+PONG\r\n%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n=9\r\ntxt:hello\r\n"}},
               SeverityLevel::high);
}

TEST(ExposeRedis, SilentOn) {
  const std::string get = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
  EXPECT_TRUE(heard(expose_redis_row, {{true, get}, {false, "-NOAUTH Authentication required.\r\n"}}).empty());
  EXPECT_TRUE(
      heard(expose_redis_row, {{true, get}, {false, "-DENIED Redis is running in protected mode\r\n"}}).empty());
  EXPECT_TRUE(
      heard(expose_redis_row,
            {{true, "*2\r\n$4\r\nAUTH\r\n$1\r\np\r\n"}, {false, "+OK\r\n"}, {true, get}, {false, "$1\r\nx\r\n"}})
          .empty());
  EXPECT_TRUE(
      heard(expose_redis_row, {{true, "*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$1\r\np\r\n" + get},
                               {false, "%0\r\n$1\r\nx\r\n"}})
          .empty());
  EXPECT_TRUE(heard(expose_redis_row, {{true, "PING\r\n"}, {false, "+PONG\r\n"}}).empty());
  EXPECT_TRUE(heard(expose_redis_row, {{true, "*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nc\r\n"},
                                       {false, "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"}})
                  .empty());
  EXPECT_TRUE(
      heard(expose_redis_row, {{true, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}, {false, "HTTP/1.1 200 OK\r\n"}}).empty());
}

TEST(ExposeRedis, AWrongPasswordIsNoName) {
  expect_fires(expose_redis_row,
               {{true, "*2\r\n$4\r\nAUTH\r\n$1\r\np\r\n*1\r\n$6\r\nDBSIZE\r\n"},
                {false, "-ERR AUTH called without any password configured\r\n:4\r\n"}},
               SeverityLevel::high);
}

TEST(ExposeMemcached, FiresAndStaysSilent) {
  const auto row_fires = [](const std::vector<Said>& dialogue, Transport transport) {
    return heard(expose_memcached_row, dialogue, false, transport).size();
  };
  EXPECT_EQ(row_fires({{true, "stats\r\n"}, {false, "STAT pid 1\r\n"}}, Transport::tcp), 1u);
  EXPECT_EQ(row_fires({{true, "get key\r\n"}, {false, "END\r\n"}}, Transport::tcp), 1u);
  const std::string head("\0\1\0\0\0\1\0\0", 8);
  EXPECT_EQ(row_fires({{true, head + "stats\r\n"}, {false, head + "STAT pid 1\r\n"}}, Transport::udp), 1u);
  std::string get = std::string("\x80\0\0\1\0\0\0\0\0\0\0\1", 12) + std::string(12, '\0') + "k";
  std::string found = std::string("\x81\0\0\0\4\0\0\0", 8) + std::string(16, '\0');
  std::string denied = std::string("\x81\0\0\0\0\0\0\x20", 8) + std::string(16, '\0');
  EXPECT_EQ(row_fires({{true, get}, {false, found}}, Transport::tcp), 1u);
  EXPECT_EQ(row_fires({{true, get}, {false, denied}}, Transport::tcp), 0u);
  EXPECT_EQ(row_fires({{true, "version\r\n"}, {false, "VERSION 1.6\r\n"}}, Transport::tcp), 0u);
  EXPECT_EQ(row_fires({{true, "get key\r\n"}, {false, "CLIENT_ERROR unauthenticated\r\n"}}, Transport::tcp), 0u);
}

std::string le32(uint32_t value) {
  std::string out;
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

std::string document(std::string_view key, bool ok) {
  std::string body = "\x10" + std::string(key) + std::string(1, '\0') + le32(1);
  body += std::string("\x02$db\0", 5) + le32(6) + std::string("admin\0", 6);
  body += std::string("\x01ok\0", 4) + (ok ? std::string("\0\0\0\0\0\0\xF0\x3F", 8) : std::string(8, '\0'));
  return le32(static_cast<uint32_t>(body.size() + 5)) + body + std::string(1, '\0');
}

std::string message(uint32_t id, uint32_t answers, uint32_t operation, const std::string& body) {
  return le32(static_cast<uint32_t>(body.size() + 16)) + le32(id) + le32(answers) + le32(operation) + body;
}

std::string row_of_data() {
  const std::string body = "\x10stock" + std::string(1, '\0') + le32(7);
  return le32(static_cast<uint32_t>(body.size() + 5)) + body + std::string(1, '\0');
}

std::string op_msg(uint32_t id, uint32_t answers, std::string_view key, bool ok = true) {
  return message(id, answers, 2013, le32(0) + std::string(1, '\0') + document(key, ok));
}

std::string zipped(uint32_t id, std::string_view key) {
  const std::string body = le32(0) + std::string(1, '\0') + document(key, false);
  std::string out(compressBound(body.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(body.data()), body.size());
  out.resize(size);
  return message(id, 0, 2012, le32(2013) + le32(static_cast<uint32_t>(body.size())) + "\2" + out);
}

// Who was connected before the probe came may have named himself then.
TEST(Expose, NothingIsSaidOfAConnectionWhoseBeginningNobodySaw) {
  const std::vector<std::pair<const DetectorRow*, std::vector<Said>>> cases = {
      {&expose_redis_row, {{true, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"}, {false, "$5\r\nvalue\r\n"}}},
      {&expose_memcached_row, {{true, "get key\r\n"}, {false, "END\r\n"}}},
      {&expose_mongodb_row, {{true, op_msg(2, 0, "find")}, {false, op_msg(101, 2, "cursor")}}},
  };
  for (const auto& [row, dialogue] : cases) {
    for (const bool opener_seen : {true, false}) {
      Watched watched(*row);
      FlowRecord flow = watched.flow("203.0.113.7", 4000, "10.0.0.2", 1234);
      flow.opener_seen = opener_seen;
      for (const Said& said : dialogue)
        said.client ? watched.client(flow, said.bytes) : watched.server(flow, said.bytes);
      EXPECT_EQ(watched.findings().size(), opener_seen ? 1U : 0U) << row->id;
    }
  }
}

TEST(ExposeMongodb, FiresOnCommandsOfNobody) {
  const Said hello{true, op_msg(1, 0, "hello")}, welcome{false, op_msg(100, 1, "helloOk")};
  expect_fires(expose_mongodb_row, {hello, welcome, {true, op_msg(2, 0, "find")}, {false, op_msg(101, 2, "cursor")}},
               SeverityLevel::high);
  expect_fires(expose_mongodb_row, {{true, op_msg(2, 0, "listDatabases")}, {false, op_msg(101, 2, "databases")}},
               SeverityLevel::critical);
  expect_fires(expose_mongodb_row, {{true, zipped(2, "dropDatabase")}, {false, op_msg(101, 2, "dropped")}},
               SeverityLevel::critical);
  const std::string query = le32(0) + std::string("shop.items\0", 11) + le32(0) + le32(10) + document("a", false);
  const std::string reply = std::string(20, '\0') + row_of_data();
  expect_fires(expose_mongodb_row, {{true, message(5, 0, 2004, query)}, {false, message(6, 5, 1, reply)}},
               SeverityLevel::high);
}

TEST(ExposeMongodb, SilentOn) {
  const Said find{true, op_msg(2, 0, "find")}, data{false, op_msg(101, 2, "cursor")};
  EXPECT_TRUE(heard(expose_mongodb_row, {find, {false, op_msg(101, 2, "errmsg", false)}}).empty());
  EXPECT_TRUE(heard(expose_mongodb_row,
                    {{true, op_msg(1, 0, "saslStart")}, {false, op_msg(100, 1, "conversationId")}, find, data})
                  .empty());
  EXPECT_TRUE(heard(expose_mongodb_row, {{true, op_msg(1, 0, "ping")}, {false, op_msg(100, 1, "ok2")}}).empty());
  EXPECT_TRUE(heard(expose_mongodb_row, {{true, std::string(64, '\1')}, data}).empty());
}

constexpr const char* kSearch = "HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\nContent-Length: 2\r\n\r\n{}";

TEST(ExposeElasticsearch, FiresAndStaysSilent) {
  const DetectorRow& row = expose_elasticsearch_row;
  expect_fires(row, {{true, "GET /_cat/indices HTTP/1.1\r\n\r\n"}, {false, kSearch}}, SeverityLevel::high);
  expect_fires(row,
               {{true, "GET /shop/_search HTTP/1.1\r\n\r\n"},
                {false, "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"_shards\":{}}"}},
               SeverityLevel::high);
  EXPECT_TRUE(heard(row, {{true, "GET /_cat/indices HTTP/1.1\r\nAuthorization: Basic eDp5\r\n\r\n"}, {false, kSearch}})
                  .empty());
  EXPECT_TRUE(heard(row, {{true, "GET /_cat/indices HTTP/1.1\r\n\r\n"},
                          {false, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"}})
                  .empty());
  EXPECT_TRUE(heard(row, {{true, "GET / HTTP/1.1\r\n\r\n"}, {false, kSearch}}).empty());
  EXPECT_TRUE(
      heard(row, {{true, "GET /_search HTTP/1.1\r\n\r\n"}, {false, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nshop"}})
          .empty());
}

TEST(ExposeElasticsearch, AScriptThatStartsProgramsIsCriticalFromAnywhere) {
  const std::string body = R"j({"script_fields":{"x":{"script":"Math.class.forName(\"java.lang.Runtime\")"}}})j";
  const std::string request =
      "POST /_search HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const auto found = heard(expose_elasticsearch_row, {{true, request}, {false, kSearch}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, SeverityLevel::critical);
  EXPECT_FALSE(found[0].from_outside_only);
  EXPECT_EQ(found[0].cves.size(), 2u);
}

std::string frame(uint8_t type, uint32_t stream, const std::string& payload) {
  std::string out;
  for (const int shift : {16, 8, 0}) out.push_back(static_cast<char>(payload.size() >> shift));
  out.push_back(static_cast<char>(type));
  out.push_back(type == 1 ? '\4' : '\0');
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(stream >> shift));
  return out + payload;
}

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, "");

// ":path: /etcdserverpb.KV/Range" as a literal with an indexed name; plain, and in the code of HPACK.
const std::string kPlainPath = std::string("\x83\x44\x16", 3) + "/etcdserverpb.KV/Range";
const std::string kCodedPath("\x83\x44\x90\x60\xA9\x24\x88\x2D\x9D\xCB\x65\x71\xAF\x9B\x8B\x1B\x47\x54\xC5", 19);

TEST(ExposeEtcd, FiresOnKeys) {
  const std::string answer = frame(1, 1, "\x88") + frame(0, 1, std::string(5, '\0') + "k");
  for (const std::string& path : {kPlainPath, kCodedPath}) {
    expect_fires(expose_etcd_row, {{true, kPreface + frame(1, 1, path)}, {false, frame(4, 0, "") + answer}},
                 SeverityLevel::critical);
  }
  expect_fires(expose_etcd_row,
               {{true, "GET /v2/keys/?recursive=true HTTP/1.1\r\n\r\n"},
                {false, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"}},
               SeverityLevel::critical);
}

TEST(ExposeEtcd, SilentOn) {
  const std::string answer = frame(1, 1, "\x88") + frame(0, 1, std::string(5, '\0') + "k");
  const std::string refused = frame(1, 1,
                                    "\x88\x40\x0bgrpc-status\x02"
                                    "16");
  EXPECT_TRUE(heard(expose_etcd_row, {{true, kPreface + frame(1, 1, kCodedPath)}, {false, refused}}).empty());
  EXPECT_TRUE(heard(expose_etcd_row, {{true, kPreface + frame(1, 1, "\x83\x44\x05/grpc")}, {false, answer}}).empty());
  EXPECT_TRUE(heard(expose_etcd_row, {{true, kPreface + frame(1, 1, "\x83\x44\x1f/etcdserverpb.Auth/Authenticate") +
                                                 frame(1, 3, kPlainPath)},
                                      {false, answer + frame(0, 3, "xxxxx")}})
                  .empty());
  EXPECT_TRUE(heard(expose_etcd_row,
                    {{true, "GET /health HTTP/1.1\r\n\r\n"}, {false, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"}})
                  .empty());
}

}  // namespace
}  // namespace plimsoll::network
