#include "notify/delivery.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/file.h"
#include "system/test_directory.h"
#include "system/test_server.h"

using namespace plimsoll;
using namespace plimsoll::notify;

namespace {

Message alert() {
  Message out;
  out.id = "00112233445566778899aabbccddeeff";
  out.title = "hello";
  return out;
}

Receiver at(const std::string& scheme, int port, ReceiverKind kind = ReceiverKind::webhook) {
  Receiver out;
  out.name = "ops";
  out.kind = kind;
  out.address = parse_address(scheme + "://127.0.0.1:" + std::to_string(port) + (scheme == "http" ? "/hook?x=1" : ""));
  return out;
}

Outcome deliver(const Receiver& receiver, const std::string& secret = "") {
  const DeliveryBounds quick{std::chrono::seconds(5), std::chrono::seconds(5), std::chrono::seconds(5)};
  return make_delivery(receiver, {*receiver.address, secret, "", "", ""}, quick)->deliver(alert());
}

Outcome answered(const std::string& reply, std::string* asked = nullptr) {
  ::setenv("no_proxy", "127.0.0.1", 1);
  const system::TestServer server([&](int fd, const std::string& request) {
    if (asked != nullptr) *asked = request;
    system::send_all(fd, reply);
  });
  return deliver(at("http", server.port()), "key");
}

TEST(HttpWay, SaysWhatCameOfIt) {
  std::string asked;
  EXPECT_EQ(answered("HTTP/1.1 204 Good\r\n\r\n", &asked).kind, Outcome::Kind::delivered);
  EXPECT_EQ(asked.rfind("POST /hook?x=1 HTTP/1.1\r\n", 0), 0u) << asked;
  for (const char* header :
       {"webhook-id: 00112233445566778899aabbccddeeff", "webhook-signature: v1,", "Content-Type: application/json"})
    EXPECT_NE(asked.find(header), std::string::npos) << asked;
  EXPECT_EQ(answered("HTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\nno!").kind, Outcome::Kind::refused);
  EXPECT_EQ(answered("HTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n").kind, Outcome::Kind::later);
  const Outcome busy = answered("HTTP/1.1 429 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(busy.kind, Outcome::Kind::later);
  EXPECT_EQ(busy.wait.count(), 7);
}

TEST(HttpWay, ARedirectIsNotFollowed) {
  const Outcome moved = answered("HTTP/1.1 302 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(moved.kind, Outcome::Kind::later);
  EXPECT_NE(moved.why.find("302"), std::string::npos);
}

TEST(HttpWay, AnEndlessAnswerIsAnAnswer) {
  const Outcome out = answered("HTTP/1.1 200 Good\r\n\r\n" + std::string(100'000, 'x'));
  EXPECT_EQ(out.kind, Outcome::Kind::delivered) << out.why;
}

TEST(Ways, NobodyThereIsLater) {
  for (const auto& [scheme, kind] : std::vector<std::pair<std::string, ReceiverKind>>{
           {"http", ReceiverKind::webhook}, {"tcp", ReceiverKind::syslog}, {"tls", ReceiverKind::syslog}}) {
    const Outcome out = deliver(at(scheme, 1, kind));
    EXPECT_EQ(out.kind, Outcome::Kind::later) << scheme;
    EXPECT_FALSE(out.why.empty()) << scheme;
  }
}

TEST(DirectoryWay, AReportIsAFile) {
  const system::TestDirectory directory;
  Receiver receiver;
  receiver.kind = ReceiverKind::directory;
  receiver.path = directory.path();
  Message message = alert();
  message.attachment = Attachment{"weekly.html", "text/html", "<p>"};
  const auto way = make_delivery(receiver, {});
  for (int i = 0; i < 2; ++i) ASSERT_EQ(way->deliver(message).kind, Outcome::Kind::delivered);
  EXPECT_EQ(*read_file(directory / "weekly.html"), "<p>");
  message.attachment->name = "../weekly.html";
  ASSERT_EQ(way->deliver(message).kind, Outcome::Kind::delivered);
  EXPECT_TRUE(read_file(directory / (message.id + ".json")).ok());
  receiver.path += "/nowhere";
  EXPECT_EQ(make_delivery(receiver, {})->deliver(message).kind, Outcome::Kind::later);
}

TEST(Credentials, ComeFromFilesOfTheirOwnersAlone) {
  const system::TestDirectory directory;
  Receiver receiver = at("http", 80);
  receiver.secret_file = directory / "key";
  EXPECT_FALSE(load_credentials(receiver).ok());
  std::ofstream(receiver.secret_file) << "secret\n";
  ::chmod(receiver.secret_file.c_str(), 0644);
  const auto open = load_credentials(receiver);
  ASSERT_FALSE(open.ok());
  EXPECT_NE(open.error().advice.find("chmod 600"), std::string::npos);
  ::chmod(receiver.secret_file.c_str(), 0600);
  EXPECT_EQ(load_credentials(receiver)->secret, "secret");
  std::ofstream(receiver.secret_file) << "two\r\nlines";
  EXPECT_FALSE(load_credentials(receiver).ok());
}

TEST(BackOff, GrowsToAnEnd) {
  EXPECT_EQ(back_off(0, 0).count(), 0);
  EXPECT_EQ(back_off(1, 0).count(), 1000);
  EXPECT_EQ(back_off(3, 0).count(), 4000);
  EXPECT_EQ(back_off(1000, 0).count(), 300'000);
  EXPECT_EQ(back_off(1000, 1).count(), 240'000);
}

}  // namespace
