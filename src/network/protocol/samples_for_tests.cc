#include "network/protocol/samples_for_tests.h"

namespace plimsoll::network {
namespace {

using namespace std::string_literals;

std::string be(uint64_t value, size_t width) {
  std::string out;
  for (size_t i = width; i-- > 0;) out += static_cast<char>(value >> (8 * i));
  return out;
}
std::string le(uint64_t value, size_t width) {
  const std::string out = be(value, width);
  return {out.rbegin(), out.rend()};
}

std::string mysql_greeting(const std::string& version) {
  const std::string body = "\x0a" + version + "\0\1\0\0\0abcdefgh\0\xfe\xf7\x08\2\0\xff\x81\x15"s +
                           std::string(10, '\0') + "ijklmnopqrst\0caching_sha2_password\0"s;
  return le(body.size(), 3) + std::string(1, '\0') + body;
}

std::string tls_record(char type, const std::string& body) {
  return std::string(1, type) + "\3\3" + be(body.size(), 2) + body;
}
std::string tls_hello(char type, const std::string& body) {
  return tls_record(22, std::string(1, type) + be(body.size(), 3) + body);
}
std::string client_hello() {
  const std::string name = "db.example.test";
  const std::string extensions = "\0\0"s + be(name.size() + 5, 2) + be(name.size() + 3, 2) + "\0"s +
                                 be(name.size(), 2) + name + "\0\x2b\0\3\2\3\4"s;
  return tls_hello(1,
                   "\3\3" + std::string(32, 'r') + "\0\0\4\x13\1\x13\2\1\0"s + be(extensions.size(), 2) + extensions);
}
std::string server_hello(const std::string& extensions) {
  return tls_hello(2, "\3\3" + std::string(32, 's') + "\0\x13\1\0"s + be(extensions.size(), 2) + extensions);
}

std::string frame(char type, char flags, uint32_t stream, const std::string& body) {
  return be(body.size(), 3) + type + flags + be(stream, 4) + body;
}
std::string field(const std::string& name, const std::string& value) {
  return "\0"s + static_cast<char>(name.size()) + name + static_cast<char>(value.size()) + value;
}
std::string http2_request(const std::string& path, const std::string& type) {
  // :method POST, :scheme http from the static table, the rest as literals.
  const std::string block =
      "\x83\x86"s + field(":path", path) + field(":authority", "api.test:50051") + field("content-type", type);
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, "") + frame(1, 4, 1, block);
}
std::string http2_answer(const std::string& server) {
  return frame(4, 0, 0, "\0\3\0\0\0\x64"s) + frame(4, 1, 0, "") +
         frame(1, 4, 1, "\x88"s + (server.empty() ? "" : field("server", server)));
}

std::string pg_parameter(const std::string& name, const std::string& value) {
  const std::string body = name + "\0"s + value + "\0"s;
  return "S" + be(4 + body.size(), 4) + body;
}

std::string http_answer(const std::string& headers, const std::string& body) {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string amqp_start(const std::string& product, const std::string& version) {
  const std::string table =
      "\7product"s + "S" + be(product.size(), 4) + product + "\7version"s + "S" + be(version.size(), 4) + version;
  const std::string method = "\0\x0a\0\x0a\0\x09"s + be(table.size(), 4) + table + "\0\0\0\5PLAIN\0\0\0\5en_US"s;
  return "\1\0\0"s + be(method.size(), 4) + method + "\xce"s;
}

const std::string dns_query = "\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\4test\0\0\1\0\1"s;
const std::string dns_answer =
    "\x12\x34\x81\x80\0\1\0\1\0\0\0\0\3www\7example\4test\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\x07"s;
const std::string version_query = "\x12\x34\1\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3"s;
const std::string version_answer =
    "\x12\x34\x85\0\0\1\0\1\0\0\0\0\7version\4bind\0\0\x10\0\3\xc0\x0c\0\x10\0\3\0\0\0\0\0\x18\x17"
    "9.18.28-1~deb12u2-Debia"s;

std::vector<Sample> databases() {
  const auto tcp = Transport::tcp;
  return {
      {"MariaDB", tcp, 7001, true, "", mysql_greeting("5.5.5-10.11.6-MariaDB-0+deb12u1"), "MySQL", "10", "", "MariaDB",
       "10.11.6"},
      {"MySQL 9", tcp, 7001, true, "", mysql_greeting("9.1.0"), "MySQL", "10", "", "MySQL", "9.1.0"},
      {"MySQL refuses", tcp, 3306, true, "", "\x14\0\0\0\xff\x10\x04Too many connect"s, "MySQL", "", "", "", ""},
      {"PostgreSQL", tcp, 7001, false, "\0\0\0\x08\x04\xd2\x16\x2f"s + "\0\0\0\x15\0\3\0\0user\0postgres\0\0"s,
       "N" + "R\0\0\0\x08\0\0\0\0"s + pg_parameter("server_version", "15.8 (Debian 15.8-0+deb12u1)"), "PostgreSQL", "3",
       "", "PostgreSQL", "15.8"},
      {"PostgreSQL in TLS", tcp, 5432, false, "\0\0\0\x08\x04\xd2\x16\x2f"s, "S", "PostgreSQL", "3", "", "PostgreSQL",
       ""},
      {"Redis", tcp, 7001, false, "*1\r\n$4\r\nINFO\r\n",
       "$90\r\n# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:0\r\n", "Redis", "", "", "Redis", "7.0.15"},
      {"Redis HELLO", tcp, 7001, false, "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n",
       "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n", "Redis", "", "", "Redis", "7.0.15"},
      {"Redis inline", tcp, 7001, false, "PING\r\n", "+PONG\r\n", "Redis", "", "", "", ""},
      {"MongoDB", tcp, 7001, false,
       le(41, 4) + le(5, 4) + le(0, 4) + le(2013, 4) + le(0, 4) + "\0"s + std::string(20, 'b'),
       le(50, 4) + le(9, 4) + le(5, 4) + le(2013, 4) + le(0, 4) + "\0"s +
           "\2version\0\7\0\0\0"
           "7.0.14\0"s +
           "12345",
       "MongoDB", "", "", "MongoDB", "7.0.14"},
      {"Cassandra", tcp, 7001, false, "\4\0\0\1\5\0\0\0\0"s, "\x84\0\0\1\6\0\0\0\2\0\0"s, "Cassandra (CQL)", "4", "",
       "", ""},
      {"Cassandra's nodes", tcp, 7001, false, "\xca\x55\x2d\xfa\0\0\0\x0c"s, "\0\0\0\x0c"s, "Cassandra", "", "", "",
       ""},
      {"Oracle", tcp, 7001, false,
       be(58 + 26, 2) + "\0\0\1\0\0\0"s + std::string(50, 'o') + "(DESCRIPTION=(ADDRESS=...))"s.substr(0, 26),
       "\0\x20\0\0\2\0\0\0"s, "Oracle (TNS)", "", "", "", ""},
      {"Memcached", tcp, 7001, false, "stats\r\n", "STAT pid 1\r\nSTAT version 1.6.18\r\n", "Memcached", "", "",
       "memcached", "1.6.18"},
      {"Memcached get", tcp, 7001, false, "get key\r\n", "END\r\n", "Memcached", "", "", "", ""},
      {"Memcached binary", tcp, 7001, false, "\x80\0\0\3\0\0\0\0\0\0\0\3\0\0\0\x2a\0\0\0\0\0\0\0\0key"s,
       "\x81\0\0\0\4\0\0\0\0\0\0\4\0\0\0\x2a\0\0\0\0\0\0\0\0flag"s, "Memcached", "", "", "", ""},
      {"Couchbase", tcp, 7001, false, "\x80\x1f\0\4\0\0\0\0\0\0\0\6\0\0\0\1\0\0\0\0\0\0\0\0test\0\6"s,
       "\x81\x1f\0\0\0\0\0\0\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0\0\0\6"s, "Couchbase", "", "", "", ""},
      {"Elasticsearch's nodes", tcp, 7001, false,
       "ES"s + be(48, 4) + be(1, 8) + "\x08"s + be(0x6d6da7, 4) + "\0internal:tcp/handshake"s,
       "ES"s + be(20, 4) + be(1, 8) + "\x09"s + be(0x6d6da7, 4), "Elasticsearch", "", "", "", ""},
  };
}

std::vector<Sample> brokers() {
  const auto tcp = Transport::tcp;
  const std::string handshake =
      be(0, 4) + be(0, 8) + be(30'000, 4) + be(0, 8) + be(16, 4) + std::string(16, '\0') + "\0"s;
  return {
      {"Kafka", tcp, 7001, false, be(21, 4) + be(18, 2) + be(0, 2) + be(7, 4) + be(7, 2) + "rdkafka" + "1234"s,
       be(10, 4) + be(7, 4) + "\0\0\0\0\0\0"s, "Kafka", "", "", "", ""},
      {"Kafka without a name", tcp, 7001, false, be(10, 4) + be(18, 2) + be(3, 2) + be(1, 4) + "\xff\xff"s,
       be(10, 4) + be(1, 4) + "\0\0\0\0\0\0"s, "Kafka", "", "", "", ""},
      {"ZooKeeper", tcp, 7001, false, be(45, 4) + handshake,
       be(37, 4) + be(0, 4) + be(30'000, 4) + be(0x1001, 8) + be(16, 4) + std::string(17, 'p'), "ZooKeeper", "", "", "",
       ""},
      {"ZooKeeper's words", tcp, 7001, false, "srvr",
       "Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022\n", "ZooKeeper", "", "",
       "ZooKeeper", "3.8.0"},
      {"ActiveMQ OpenWire", tcp, 7001, false, be(60, 4) + "\1ActiveMQ"s + be(12, 4) + "rest"s,
       be(90, 4) + "\1ActiveMQ"s + be(12, 4) +
           "\0ProviderVersion\t\0\6"
           "5.17.2"s,
       "ActiveMQ", "12", "", "ActiveMQ", "5.17.2"},
      {"STOMP", tcp, 7001, false, "CONNECT\naccept-version:1.2\n\n\0"s,
       "CONNECTED\nversion:1.2\nserver:RabbitMQ/3.10.8\n\n\0"s, "STOMP", "1.2", "", "RabbitMQ", "3.10.8"},
      {"ActiveMQ STOMP", tcp, 7001, false, "STOMP\r\naccept-version:1.2\r\n\r\n\0"s,
       "CONNECTED\r\nserver:ActiveMQ/5.17.2\r\nversion:1.2\r\n\r\n\0"s, "ActiveMQ", "1.2", "", "ActiveMQ", "5.17.2"},
      {"RabbitMQ", tcp, 7001, false, "AMQP\0\0\x09\1"s, amqp_start("RabbitMQ", "3.10.8"), "RabbitMQ", "0-9-1", "",
       "RabbitMQ", "3.10.8"},
      {"AMQP 1.0", tcp, 7001, false, "AMQP\3\1\0\0"s, "AMQP\3\1\0\0"s, "AMQP", "1.0", "", "", ""},
      {"MQTT 3.1.1", tcp, 7001, false, "\x10\x10\0\4MQTT\4\2\0\x3c\0\4test"s, "\x20\2\0\0"s, "MQTT", "3.1.1", "", "",
       ""},
      {"MQTT 5", tcp, 7001, false, "\x10\x11\0\4MQTT\5\2\0\x3c\0\0\4test"s, "\x20\3\0\0\0"s, "MQTT", "5.0", "", "", ""},
      {"NATS", tcp, 7001, true, "CONNECT {}\r\n",
       "INFO {\"server_id\":\"N\",\"version\":\"2.9.10\",\"proto\":1,\"go\":\"go1.19\"}\r\n", "NATS", "1", "",
       "NATS Server", "2.9.10"},
      {"Spark", tcp, 7001, false, be(26, 8) + "\3"s + be(77, 8) + be(5, 4) + "hello",
       be(23, 8) + "\4"s + be(77, 8) + be(2, 4) + "ok", "Spark", "", "", "", ""},
      {"EPMD", tcp, 7001, false, "\0\7zrabbit"s, "w\0\x62\x0a\x4d\0\0\6\0\5\0\6rabbit\0\0"s, "EPMD", "", "", "", ""},
      {"FastCGI", tcp, 7001, false, "\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0"s, "\1\6\0\1\0\4\4\0body"s, "FastCGI", "1", "",
       "", ""},
      {"Ceph", tcp, 7001, true, "ceph v2\n", "ceph v2\n", "Ceph", "2", "", "", ""},
  };
}

std::vector<Sample> web() {
  const auto tcp = Transport::tcp;
  const std::string get = "GET / HTTP/1.1\r\nHost: web.test:8080\r\n\r\n";
  const std::string json = "Content-Type: application/json\r\n";
  return {
      {"nginx", tcp, 7001, false, get, http_answer("Server: nginx/1.22.1\r\n", "hello"), "HTTP", "1.1", "web.test",
       "nginx", "1.22.1"},
      {"Apache", tcp, 7001, false, "HEAD / HTTP/1.0\r\n\r\n",
       "HTTP/1.1 404 Not Found\r\nServer: Apache/2.4.62 (Debian)\r\n\r\n", "HTTP", "1.0", "", "Apache", "2.4.62"},
      {"WebSocket", tcp, 7001, false, get, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
       "WebSocket", "1.1", "web.test", "", ""},
      {"proxy", tcp, 7001, false, "CONNECT db.test:443 HTTP/1.1\r\nHost: db.test:443\r\n\r\n",
       "HTTP/1.1 200 OK\r\n\r\n", "HTTP CONNECT", "1.1", "db.test", "", ""},
      {"Elasticsearch", tcp, 7001, false, get,
       http_answer("X-elastic-product: Elasticsearch\r\n" + json,
                   "{\"version\" : { \"number\" : \"8.15.0\" }, \"tagline\" : \"You Know, for Search\"}"),
       "Elasticsearch", "1.1", "web.test", "Elasticsearch", "8.15.0"},
      {"OpenSearch", tcp, 7001, false, get,
       http_answer(json, "{ \"version\" : { \"distribution\" : \"opensearch\", \"number\" : \"2.11.0\" } }"),
       "OpenSearch", "1.1", "web.test", "OpenSearch", "2.11.0"},
      {"CouchDB", tcp, 7001, false, get,
       http_answer("Server: CouchDB/3.3.3 (Erlang OTP/24)\r\n" + json,
                   "{\"couchdb\":\"Welcome\",\"version\":\"3.3.3\"}"),
       "CouchDB", "1.1", "web.test", "CouchDB", "3.3.3"},
      {"Consul", tcp, 7001, false, "GET /v1/kv/x HTTP/1.1\r\nHost: c:8500\r\n\r\n",
       http_answer("X-Consul-Index: 7\r\n", "[]"), "Consul", "1.1", "c", "Consul", ""},
      {"etcd's HTTP", tcp, 7001, false, get, http_answer(json, "{\"etcdserver\":\"3.4.23\",\"etcdcluster\":\"3.4.0\"}"),
       "etcd", "1.1", "web.test", "etcd", "3.4.23"},
      {"HTTP/2", tcp, 7001, false, http2_request("/index.html", "text/html"), http2_answer("nginx/1.22.1"), "HTTP/2",
       "2", "api.test", "nginx", "1.22.1"},
      {"gRPC", tcp, 7001, false, http2_request("/helloworld.Greeter/SayHello", "application/grpc+proto"),
       http2_answer(""), "gRPC", "2", "api.test", "", ""},
      {"etcd", tcp, 7001, false, http2_request("/etcdserverpb.KV/Range", "application/grpc"), http2_answer(""), "etcd",
       "2", "api.test", "etcd", ""},
      {"TLS 1.3", tcp, 7001, false, client_hello(), server_hello("\0\x2b\0\2\3\4"s), "TLS", "1.3", "db.example.test",
       "", ""},
      {"TLS 1.2", tcp, 7001, false, client_hello(), server_hello(""), "TLS", "1.2", "db.example.test", "", ""},
      {"TLS refused", tcp, 7001, false, client_hello(), "\x15\3\3\0\2\2\x28"s, "TLS", "", "db.example.test", "", ""},
      {"SSH", tcp, 7001, true, "SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", "SSH", "2.0",
       "", "OpenSSH", "9.2p1"},
      {"behind a proxy", tcp, 7001, false, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + get, http_answer("", ""), "HTTP",
       "1.1", "web.test", "", ""},
      {"DNS", Transport::udp, 53, false, dns_query, dns_answer, "DNS", "", "", "", ""},
      {"DNS elsewhere", Transport::udp, 7001, false, dns_query, dns_answer, "DNS", "", "", "", ""},
      {"BIND", Transport::udp, 7001, false, version_query, version_answer, "DNS", "", "", "BIND",
       "9.18.28-1~deb12u2-Debia"},
      {"DNS over TCP", tcp, 7001, false, be(dns_query.size(), 2) + dns_query, be(dns_answer.size(), 2) + dns_answer,
       "DNS", "", "", "", ""},
  };
}

}  // namespace

std::vector<Sample> samples() {
  std::vector<Sample> out = databases();
  for (auto&& more : {brokers(), web()}) out.insert(out.end(), more.begin(), more.end());
  return out;
}

}  // namespace plimsoll::network
