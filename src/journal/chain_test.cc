#include "journal/chain.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "base/sha256.h"
#include "journal/seal.h"
#include "journal/test_store.h"

namespace plimsoll::journal {
namespace {

// A journal with twelve entries, closed, and what verify() says after somebody changed the file behind its back.
class Tampering : public OnEachEngine {
 protected:
  void SetUp() override {
    OnEachEngine::SetUp();
    if (!store_) return;
    auto journal = store_->open();
    ASSERT_TRUE(journal.ok()) << journal.error().to_string();
    for (int i = 1; i <= 12; ++i) ASSERT_TRUE((*journal)->append({event(std::to_string(i))}).ok());
    const auto fine = (*journal)->verify();
    ASSERT_TRUE(fine.ok());
    ASSERT_TRUE(fine->whole()) << fine->faults[0].what;
    ASSERT_EQ(fine->last, 12u);
    head_ = fine->head;
  }

  Verification after(const std::string& sql, const std::optional<ChainHead>& expected = {}) {
    {
      const auto db = store_->behind();
      const Status done = db->script(sql);
      EXPECT_TRUE(done.ok()) << done.error().to_string();
    }
    auto journal = store_->open({.read_only = true});
    EXPECT_TRUE(journal.ok()) << journal.error().to_string();
    auto found = (*journal)->verify(expected);
    EXPECT_TRUE(found.ok()) << found.error().to_string();
    return *found;
  }

  static bool names(const Verification& found, Sequence at, const std::string& words) {
    for (const auto& fault : found.faults) {
      if (fault.at == at && fault.what.find(words) != std::string::npos) return true;
    }
    std::string all;
    for (const auto& fault : found.faults) all += std::to_string(fault.at) + ": " + fault.what + "\n";
    ADD_FAILURE() << "found only:\n" << all;
    return false;
  }

  ChainHead head_;
};
PLIMSOLL_ON_EACH_ENGINE(Tampering);

TEST_P(Tampering, NothingDoneIsWhole) {
  const Verification found = after("SELECT 1", head_);
  EXPECT_TRUE(found.whole());
  EXPECT_EQ(found.first, 1u);
  EXPECT_EQ(found.last, 12u);
}

TEST_P(Tampering, AChangedEntryIsFoundInEachOfItsParts) {
  EXPECT_TRUE(names(after("UPDATE events SET body = '{\"text\":\"x\"}' WHERE sequence = 5"), 5, "was changed"));
  EXPECT_TRUE(names(after("UPDATE events SET actor = 'user:bob' WHERE sequence = 6"), 6, "was changed"));
  EXPECT_TRUE(names(after("UPDATE events SET kind = 'a' WHERE sequence = 7"), 7, "was changed"));
  EXPECT_TRUE(names(after("UPDATE events SET subject = '' WHERE sequence = 8"), 8, "was changed"));
  EXPECT_TRUE(names(after("UPDATE events SET at = at + 1 WHERE sequence = 9"), 9, "was changed"));
  EXPECT_TRUE(names(after("UPDATE events SET hash = previous WHERE sequence = 3"), 4, "does not follow"));
}

TEST_P(Tampering, ARemovedEntryIsFound) {
  EXPECT_TRUE(names(after("DELETE FROM events WHERE sequence = 5"), 5, "missing"));
}

TEST_P(Tampering, ARemovedEntryIsFoundAlsoWhenTheGapIsClosed) {
  EXPECT_TRUE(names(after("DELETE FROM events WHERE sequence = 5; "
                          "UPDATE events SET sequence = sequence - 1 WHERE sequence > 5"),
                    5, "does not follow"));
}

TEST_P(Tampering, AnAddedEntryIsFound) {
  EXPECT_TRUE(names(after("INSERT INTO events SELECT 13, at, kind, actor, subject, body, hash, previous "
                          "FROM events WHERE sequence = 12"),
                    13, "added"));
}

TEST_P(Tampering, ReorderedEntriesAreFound) {
  const Verification found = after(
      "UPDATE events SET sequence = 100 WHERE sequence = 5; UPDATE events SET sequence = 5 WHERE sequence = 6; "
      "UPDATE events SET sequence = 6 WHERE sequence = 100");
  EXPECT_TRUE(names(found, 5, "does not follow"));
}

TEST_P(Tampering, ACutOffEndIsFound) {
  EXPECT_TRUE(names(after("DELETE FROM events WHERE sequence > 9"), 10, "cut off"));
}

TEST_P(Tampering, ACutOffEndIsFoundAlsoWhenTheHeadIsTakenAwayOrMoved) {
  EXPECT_TRUE(names(after("DELETE FROM events WHERE sequence > 9; UPDATE seals SET sequence = 9, hash = "
                          "(SELECT hash FROM events WHERE sequence = 9)"),
                    9, "signature"));
  EXPECT_TRUE(names(after("DELETE FROM seals"), 9, "head is missing"));
}

TEST_P(Tampering, EverythingGoneIsFound) { EXPECT_TRUE(names(after("DELETE FROM events"), 1, "cut off")); }

// Who can write the file can make the hashes fit again, but not the signature.
TEST_P(Tampering, AChainMadeAnewWithoutTheKeyIsFound) {
  {
    const auto db = store_->behind();
    std::string previous = no_hash();
    for (Sequence i = 1; i <= 12; ++i) {
      Event entry{i, at(0), "test.event", "user:anna", {"docker:web"}, i == 5 ? "{}" : R"({"text":"1"})", {}, {}};
      const std::string hash = event_hash(entry, previous);
      ASSERT_TRUE(db->run("UPDATE events SET at = ?, body = ?, previous = ?, hash = ? WHERE sequence = ?", entry.at,
                          entry.body, Blob{previous}, Blob{hash}, i)
                      .ok());
      previous = hash;
    }
    ASSERT_TRUE(db->settle().ok());
  }
  const Verification found = after("SELECT 1");
  ASSERT_EQ(found.faults.size(), 1u);
  EXPECT_TRUE(names(found, 12, "signed as the head"));
}

// An older copy of the whole file is in itself right; only a head kept elsewhere tells.
TEST_P(Tampering, AHeadKeptElsewhereTellsOfAnOlderCopy) {
  {
    auto journal = store_->open();
    ASSERT_TRUE((*journal)->append({event("13")}).ok());
    head_ = (*journal)->verify()->head;
  }
  // What the tables held before, the signature of its end with it.
  const auto db = store_->behind();
  std::string hash;
  ASSERT_TRUE(db->script("DELETE FROM events WHERE sequence = 13").ok());
  ASSERT_TRUE(
      db->each("SELECT hash FROM events WHERE sequence = 12", [&](const Row& row) { hash = row.bytes(0); }).ok());
  std::string id;
  ASSERT_TRUE(db->each("SELECT id FROM store", [&](const Row& row) { id = row.bytes(0); }).ok());
  Seal seal{SealKind::head, 12, Instant{}, hash, {}};
  SealKey::open(store_->key(), false)->sign(seal, id);
  ASSERT_TRUE(db->run("UPDATE seals SET sequence = 12, at = 0, hash = ?, signature = ? WHERE kind = 0", Blob{hash},
                      Blob{seal.signature})
                  .ok());
  ASSERT_TRUE(db->settle().ok());
  EXPECT_TRUE(after("SELECT 1").whole());
  EXPECT_TRUE(names(after("SELECT 1", head_), 13, "elsewhere"));
}

TEST_P(Tampering, AnotherKeyHoldsNothing) {
  std::filesystem::remove(store_->key());
  const auto refused = store_->open();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  const system::TestDirectory directory;
  ASSERT_TRUE(open_journal(directory / "other.db").ok());
  std::filesystem::copy_file(directory / "other.db.key", store_->key());
  EXPECT_TRUE(names(after("SELECT 1"), 12, "signature"));
}

class Events : public WithJournal {};
PLIMSOLL_ON_EACH_ENGINE(Events);

TEST_P(Events, CheckpointsAreSignedOnTheWay) {
  for (int i = 0; i < 25; ++i) {
    std::vector<NewEvent> hundred(100, event("x"));
    ASSERT_TRUE(journal_->append(std::move(hundred)).ok());
  }
  const auto found = journal_->verify();
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->whole());
  EXPECT_EQ(found->last, 2500u);
  EXPECT_EQ(found->checkpoints, 3u);  // at 1000 and 2000, and the head
}

// The canonical bytes as a stranger would put them together from chain.h.
TEST(Chain, AHashIsTakenOverTheDocumentedBytes) {
  const Event entry{1, Instant(std::chrono::seconds(2)), "k", "me", {"a"}, "{}", {}, {}};
  std::string bytes = "plimsoll.event/1\n";
  bytes += std::string("\x01\0\0\0\0\0\0\0", 8) + std::string("\x02\0\0\0\0\0\0\0", 8);
  bytes += std::string("\x01\0\0\0", 4) + "k" + std::string("\x02\0\0\0", 4) + "me";
  bytes += std::string("\x01\0\0\0", 4) + "a" + std::string("\x02\0\0\0", 4) + "{}" + std::string(32, '\0');
  EXPECT_EQ(to_hex(event_hash(entry, no_hash())), sha256_hex(bytes));
}

TEST(Chain, TheKeyAndTheJournalAreForTheirOwnerAlone) {
  const system::TestDirectory directory;
  ASSERT_TRUE(open_journal(directory / "journal.db").ok());
  for (const char* name : {"journal.db", "journal.db.key"}) {
    EXPECT_EQ(std::filesystem::status(directory / name).permissions() & std::filesystem::perms::mask,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << name;
  }
}

TEST_P(Events, OddOnesAreRefusedAndLeaveNothing) {
  const auto refused = [&](NewEvent odd) { return !journal_->append({event("fine"), std::move(odd)}).ok(); };
  EXPECT_TRUE(refused({"Kind With Blanks", "a", {}, "{}", {}}));
  EXPECT_TRUE(refused({"kind", "", {}, "{}", {}}));
  EXPECT_TRUE(refused({"kind", "a", {}, "[]", {}}));
  EXPECT_TRUE(refused({"kind", "a", {}, "{", {}}));
  EXPECT_TRUE(refused({"kind", "a", {}, "{} {}", {}}));
  EXPECT_TRUE(refused({"kind", "a\xff", {}, "{}", {}}));
  EXPECT_TRUE(refused({"kind", "a", {}, "{\"a\":\"" + std::string(2 << 20, 'x') + "\"}", {}}));
  EXPECT_EQ(journal_->events({})->size(), 0u);
  EXPECT_TRUE(journal_->health().writable);
}

TEST_P(Events, QueriesChooseByEachOfTheirFields) {
  Journal& journal = *journal_;
  ASSERT_TRUE(journal
                  .append({{"auth.sign-in", "user:anna", {}, "{\n \"a\": \"b  c\"\n}", at(10)},
                           {"auth.sign-out", "user:bob", {}, "{}", at(20)},
                           {"authority", "user:anna", {"host:1"}, "{}", at(30)},
                           {"other", "rule:x", {"host:1"}, "{}", at(40)}})
                  .ok());
  const auto sequences = [&](const EventQuery& query) {
    std::vector<Sequence> out;
    const auto found = journal.events(query);
    EXPECT_TRUE(found.ok());
    for (const Event& e : *found) out.push_back(e.sequence);
    return out;
  };
  using List = std::vector<Sequence>;
  EXPECT_EQ(sequences({}), (List{1, 2, 3, 4}));
  EXPECT_EQ(sequences({.after = 2}), (List{3, 4}));
  EXPECT_EQ(sequences({.newest_first = true, .limit = 2}), (List{4, 3}));
  EXPECT_EQ(sequences({.after = 3, .newest_first = true}), (List{2, 1}));
  EXPECT_EQ(sequences({.kind = "auth."}), (List{1, 2}));
  EXPECT_EQ(sequences({.kind = "authority"}), (List{3}));
  EXPECT_EQ(sequences({.subject = {"host:1"}}), (List{3, 4}));
  EXPECT_EQ(sequences({.actor = "user:anna"}), (List{1, 3}));
  EXPECT_EQ(sequences({.since = at(20), .until = at(40)}), (List{2, 3}));
  EXPECT_EQ(journal.events({})->at(0).body, R"({"a": "b  c"})");
}

TEST_P(Events, AListenerHearsOfEachCommit) {
  std::vector<Sequence> heard;
  journal_->on_events([&](Sequence newest) { heard.push_back(newest); });
  ASSERT_TRUE(journal_->append({event("1"), event("2")}).ok());
  ASSERT_TRUE(journal_->put_setting("a", "b").ok());
  ASSERT_TRUE(journal_->append({event("3")}).ok());
  journal_->on_events({});
  ASSERT_TRUE(journal_->append({event("4")}).ok());
  EXPECT_EQ(heard, (std::vector<Sequence>{2, 3}));
}

}  // namespace
}  // namespace plimsoll::journal
