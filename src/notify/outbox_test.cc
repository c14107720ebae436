#include "notify/outbox.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "system/test_directory.h"

using namespace plimsoll;
using namespace plimsoll::notify;

namespace {

Message titled(const std::string& title) {
  Message out;
  out.title = title;
  return out;
}

std::unique_ptr<Outbox> open(const std::string& path, Outbox::Bounds bounds = {}) {
  auto opened = Outbox::open(path, bounds);
  EXPECT_TRUE(opened.ok());
  return std::move(*opened);
}

struct Next {
  std::string file;
  Message message;
};

std::optional<Next> next(const Outbox& outbox, const std::string& receiver) {
  const auto file = outbox.next_file(receiver);
  if (!file) return std::nullopt;
  auto message = outbox.read(*file);
  EXPECT_TRUE(message.ok());
  return Next{*file, std::move(*message)};
}

TEST(Outbox, WhatWasPostedIsThereAfterOpeningAnew) {
  const system::TestDirectory directory;
  std::string id;
  {
    const auto outbox = open(directory.path());
    id = *outbox->post({"ops", "mail"}, titled("one"));
    ASSERT_TRUE(outbox->post({"ops"}, titled("two")).ok());
  }
  const auto outbox = open(directory.path());
  EXPECT_EQ(outbox->waiting("ops"), 2u);
  EXPECT_EQ(outbox->waiting("mail"), 1u);
  const auto first = next(*outbox, "ops");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->message.title, "one");
  EXPECT_EQ(first->message.id, id);
  ASSERT_TRUE(outbox->remove("ops", first->file).ok());
  EXPECT_EQ(next(*outbox, "ops")->message.title, "two");
  EXPECT_EQ(next(*outbox, "mail")->message.title, "one");
  EXPECT_EQ(open(directory.path())->waiting("ops"), 1u);
}

TEST(Outbox, NewOnesComeBehindThoseOfAnEarlierRun) {
  const system::TestDirectory directory;
  for (const char* title : {"1", "2", "3"}) ASSERT_TRUE(open(directory.path())->post({"ops"}, titled(title)).ok());
  const auto outbox = open(directory.path());
  for (const char* title : {"1", "2", "3"}) {
    const auto found = next(*outbox, "ops");
    EXPECT_EQ(found->message.title, title);
    ASSERT_TRUE(outbox->remove("ops", found->file).ok());
  }
  EXPECT_FALSE(next(*outbox, "ops"));
}

TEST(Outbox, OneIdIsKeptOnce) {
  const system::TestDirectory directory;
  const auto outbox = open(directory.path());
  Message message = titled("one");
  message.id = *new_message_id();
  ASSERT_TRUE(outbox->post({"ops"}, message).ok());
  ASSERT_TRUE(outbox->post({"ops"}, message).ok());
  EXPECT_EQ(outbox->waiting("ops"), 1u);
}

TEST(Outbox, AFullOneRefusesAndOthersGetTheirs) {
  const system::TestDirectory directory;
  const auto outbox = open(directory.path(), {.messages = 2});
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(outbox->post({"ops"}, titled("x")).ok());
  const auto refused = outbox->post({"ops", "mail"}, titled("y"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::limit);
  EXPECT_EQ(outbox->waiting("ops"), 2u);
  EXPECT_EQ(outbox->waiting("mail"), 1u);
  EXPECT_EQ(outbox->refused(), 1u);
}

TEST(Outbox, BytesAreBounded) {
  const system::TestDirectory directory;
  const auto outbox = open(directory.path(), {.messages = 100, .bytes = 2000});
  ASSERT_TRUE(outbox->post({"ops"}, titled(std::string(1000, 'x'))).ok());
  EXPECT_FALSE(outbox->post({"ops"}, titled(std::string(1000, 'x'))).ok());
  ASSERT_TRUE(outbox->remove("ops", next(*outbox, "ops")->file).ok());
  EXPECT_TRUE(outbox->post({"ops"}, titled(std::string(1000, 'x'))).ok());
}

TEST(Outbox, NamesCannotLeaveTheDirectoryAndStrangeFilesStay) {
  const system::TestDirectory directory;
  std::ofstream(directory.path() + "/readme") << "mine";
  const auto outbox = open(directory.path());
  for (const char* name : {"", "../x", "a.b", "A", "1a", "a/b"}) EXPECT_FALSE(outbox->post({name}, titled("x")).ok());
  EXPECT_TRUE(outbox->receivers_waited_for().empty());
  EXPECT_TRUE(std::filesystem::exists(directory.path() + "/readme"));
}

TEST(Outbox, ADamagedFileIsAnError) {
  const system::TestDirectory directory;
  ASSERT_TRUE(open(directory.path())->post({"ops"}, titled("x")).ok());
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) std::ofstream(entry.path()) << "{";
  const auto outbox = open(directory.path());
  const auto read = outbox->read(*outbox->next_file("ops"));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::malformed);
}

}  // namespace
