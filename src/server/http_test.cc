#include "server/http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

namespace plimsoll::server {
namespace {

using namespace std::chrono_literals;

// A client that sends bytes as they are. Every wait ends after ten seconds.
class Client {
 public:
  explicit Client(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  void send(std::string_view bytes) const { (void)::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  // Until `end` has come `times` times, or the other side closed.
  std::string read_until(std::string_view end) {
    std::string out;
    for (char piece[4096]; out.find(end) == std::string::npos;) {
      pollfd ready{socket_.get(), POLLIN, 0};
      if (::poll(&ready, 1, 10'000) <= 0) return out + "<time-out>";
      const ssize_t got = ::recv(socket_.get(), piece, sizeof piece, 0);
      if (got <= 0) return out + "<closed>";
      out.append(piece, static_cast<size_t>(got));
    }
    return out;
  }

 private:
  system::Descriptor socket_;
};

// Echoes what it was asked.
Response echo(const Request& request) {
  Response out;
  out.type = "text/plain";
  out.body = request.method + " " + request.path + " ?" + request.query + " body " + request.body + " from " +
             request.peer + ".";
  if (request.path == "/throw") out.body.clear();
  return out;
}

class Running {
 public:
  explicit Running(HttpLimits limits = {}, Handler handler = echo) {
    Result<ListenAddress> address = parse_listen_address("127.0.0.1:0");
    Result<system::Descriptor> listener = listen_on(*address);
    port = port_of(listener->get());
    server = std::move(*HttpServer::make(std::move(*listener), std::nullopt, limits, std::move(handler)));
    thread = std::thread([this] { server->run(); });
  }
  ~Running() {
    server->stop();
    thread.join();
  }
  uint16_t port = 0;
  std::unique_ptr<HttpServer> server;
  std::thread thread;
};

TEST(Http, AnswersAndKeepsTheConnection) {
  Running running;
  Client client(running.port);
  client.send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.read_until("from 127.0.0.1.").find("GET /a ?b=c body "), std::string::npos);
  client.send("POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz");
  EXPECT_NE(client.read_until("from 127.0.0.1.").find("POST /d ? body xyz"), std::string::npos);
  // Two at once, answered in order.
  client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string both = client.read_until("<never>");
  EXPECT_LT(both.find("GET /1"), both.find("GET /2"));
  EXPECT_TRUE(both.ends_with("<closed>")) << both;
  EXPECT_EQ(running.server->counts().requests, 4u);
}

TEST(Http, SaysNoBodyToHead) {
  Running running;
  Client client(running.port);
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.read_until("<never>");
  EXPECT_NE(answer.find("Content-Length: "), std::string::npos);
  EXPECT_EQ(answer.find("HEAD /a"), std::string::npos);
}

TEST(Http, RefusesWhatIsTooLargeOrBroken) {
  HttpLimits limits;
  limits.body_bytes = 1000;
  Running running(limits);
  const auto first_line = [&](const std::string& bytes) {
    Client client(running.port);
    client.send(bytes);
    const std::string answer = client.read_until("\r\n\r\n");
    return answer.substr(0, answer.find("\r\n"));
  };
  EXPECT_EQ(first_line("GET / HTTP/1.1\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n"),
            "HTTP/1.1 431 Request Header Fields Too Large");
  EXPECT_EQ(first_line("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"), "HTTP/1.1 413 Content Too Large");
  EXPECT_EQ(first_line("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                       std::string(1001, 'x') + "\r\n0\r\n\r\n"),
            "HTTP/1.1 413 Content Too Large");
  for (const char* broken :
       {"nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nA b: c\r\n\r\n", "GET /\x01 HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_EQ(first_line(broken), "HTTP/1.1 400 Bad Request") << broken;
  }
}

// One who sends a byte now and then holds a connection no longer than the deadline, and disturbs nobody meanwhile.
TEST(Http, LetsSlowClientsGo) {
  HttpLimits limits;
  limits.request = 1s;
  Running running(limits);
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<Client>(running.port));
    slow.back()->send("GET / HTTP/1.1\r\nX-Slow: ");
  }
  std::atomic<bool> ending{false};
  std::thread drip([&] {
    while (!ending) {
      for (const auto& client : slow) client->send("x");
      std::this_thread::sleep_for(100ms);
    }
  });
  Client quick(running.port);
  quick.send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(quick.read_until("from 127.0.0.1.").find("/quick"), std::string::npos);
  for (const auto& client : slow) EXPECT_TRUE(client->read_until("<never>").ends_with("<closed>"));
  ending = true;
  drip.join();
  EXPECT_EQ(running.server->counts().timed_out, 100u);
}

TEST(Http, BoundsTheConnectionsOfOneAddress) {
  HttpLimits limits;
  limits.connections_per_address = 3;
  Running running(limits);
  std::vector<std::unique_ptr<Client>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<Client>(running.port));
    held.back()->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(held.back()->read_until("from 127.0.0.1.").find("200 OK"), std::string::npos);
  }
  Client one_more(running.port);
  EXPECT_EQ(one_more.read_until("<never>"), "<closed>");
  EXPECT_EQ(running.server->counts().refused, 1u);
  held.clear();
  for (int tries = 0; running.server->counts().open > 0 && tries < 1000; ++tries) std::this_thread::sleep_for(10ms);
  Client again(running.port);
  again.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(again.read_until("from 127.0.0.1.").find("200 OK"), std::string::npos);
}

TEST(Http, StreamsAsThingsCome) {
  std::atomic<int> ready{0}, told{0};
  Running running({}, [&](const Request&) {
    Response out;
    out.type = "text/event-stream";
    out.stream = [&]() -> std::optional<std::string> {
      if (ready < 0) return std::nullopt;
      if (told >= ready) return "";
      return "data: " + std::to_string(++told) + "\n\n";
    };
    return out;
  });
  Client client(running.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.read_until("\r\n\r\n").find("text/event-stream"), std::string::npos);
  for (int i = 1; i <= 3; ++i) {
    ready = i;
    running.server->wake();
    EXPECT_NE(client.read_until("\n\n").find("data: " + std::to_string(i)), std::string::npos);
  }
  ready = -1;
  running.server->wake();
  EXPECT_TRUE(client.read_until("<never>").ends_with("<closed>"));
  EXPECT_EQ(running.server->counts().streams, 0u);
}

TEST(Http, EndsWithOpenConnectionsAndStreams) {
  auto running = std::make_unique<Running>(HttpLimits{}, [](const Request& request) {
    Response out;
    if (request.path == "/stream") out.stream = [] { return std::optional<std::string>(""); };
    return out;
  });
  Client idle(running->port), stream(running->port), half(running->port);
  idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.read_until("\r\n\r\n");
  stream.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  stream.read_until("\r\n\r\n");
  half.send("GET / HT");
  running.reset();  // would hang for ever
  EXPECT_TRUE(idle.read_until("<never>").ends_with("<closed>"));
}

TEST(Http, Addresses) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8443")->port, 8443);
  EXPECT_TRUE(parse_listen_address("127.0.0.1:8443")->loopback);
  EXPECT_TRUE(parse_listen_address("[::1]:1")->loopback);
  EXPECT_FALSE(parse_listen_address("[::]:1")->loopback);
  EXPECT_FALSE(parse_listen_address("0.0.0.0:1")->loopback);
  for (const char* wrong :
       {"", "127.0.0.1", ":8443", "localhost:1", "::1:80", "127.0.0.1:99999", "127.0.0.1:x", "[::1]"})
    EXPECT_FALSE(parse_listen_address(wrong).ok()) << wrong;
}

}  // namespace
}  // namespace plimsoll::server
