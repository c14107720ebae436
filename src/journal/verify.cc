#include "base/hex.h"
#include "journal/chain.h"
#include "journal/event_log.h"

namespace plimsoll::journal {
namespace {

constexpr size_t max_faults = 100;

std::string entry(Sequence number) { return "entry " + std::to_string(number); }

std::string entries(Sequence first, Sequence last) {
  return first == last ? entry(first) : "entries " + std::to_string(first) + " to " + std::to_string(last);
}

// Walks along the chain and holds every entry against the one before it and against the signatures.
class Walk {
 public:
  Walk(const SealKey& key, std::string store) : key_(key), store_(std::move(store)) {}

  Status read_seals(Database& db) {
    return db.each("SELECT kind, sequence, at, hash, signature FROM seals ORDER BY kind, sequence",
                   [&](const Row& row) {
                     take_seal({static_cast<SealKind>(row.number(0)), static_cast<Sequence>(row.integer(1)),
                                row.instant(2), row.bytes(3), row.bytes(4)});
                   });
  }

  Status read_events(Database& db) {
    end_ = start_;
    // In pieces: not every engine gives its rows one by one.
    constexpr int piece = 5000;
    int64_t after = INT64_MIN;
    for (int found = piece; found == piece;) {
      found = 0;
      PLIMSOLL_CHECK(db.each(
          "SELECT sequence, at, kind, actor, subject, body, previous, hash FROM events WHERE sequence > ? "
          "ORDER BY sequence LIMIT ?",
          [&](const Row& row) {
            ++found;
            after = row.integer(0);
            take_entry(row);
          },
          after, piece));
    }
    return Done{};
  }

  Verification finish(const std::optional<ChainHead>& expected) {
    found_.last = end_.sequence;
    found_.head = {end_.sequence, end_.sequence == 0 ? std::string() : to_hex(end_.hash)};
    check_head();
    for (const auto& [sequence, hash] : checkpoints_) {
      if (sequence > end_.sequence) fault(sequence, "the checkpoint at " + entry(sequence) + " has no such entry");
    }
    if (expected_at_ == start_.sequence) expected_hash_ = to_hex(start_.hash);
    if (expected_at_ > 0 && expected_at_ < start_.sequence)
      fault(expected_at_,
            entry(expected_at_) + " was taken away by retention: it cannot be held against the one kept elsewhere");
    else if (expected_at_ > 0 && expected_hash_ != expected->hash)
      fault(expected->sequence, entry(expected->sequence) + " is not the one that was written down elsewhere");
    return std::move(found_);
  }

  void watch(const std::optional<ChainHead>& expected) {
    if (expected) expected_at_ = expected->sequence;
  }

 private:
  void fault(Sequence at, std::string what) {
    if (found_.faults.size() < max_faults) found_.faults.push_back({at, std::move(what)});
  }

  void take_seal(const Seal& seal) {
    if (!key_.holds(seal, store_)) {
      const std::string name = seal.kind == SealKind::head    ? "head"
                               : seal.kind == SealKind::start ? "start"
                                                              : "checkpoint";
      return fault(seal.sequence, "the signature of the " + name + " at " + entry(seal.sequence) + " does not hold");
    }
    if (seal.kind == SealKind::checkpoint) {
      checkpoints_.emplace(seal.sequence, seal.hash);
    } else if (seal.kind == SealKind::start) {
      start_ = {seal.sequence, seal.hash};
    } else {
      head_ = ChainEnd{seal.sequence, seal.hash};
    }
  }

  void take_entry(const Row& row) {
    Event event;
    event.sequence = static_cast<Sequence>(row.integer(0));
    event.at = row.instant(1);
    event.kind = row.bytes(2);
    event.actor = row.bytes(3);
    event.subject.value = row.bytes(4);
    event.body = row.bytes(5);
    const std::string previous = row.bytes(6), hash = row.bytes(7);
    if (found_.first == 0) found_.first = event.sequence;
    if (event.sequence <= start_.sequence)
      return fault(event.sequence, entry(event.sequence) + " lies before the start: it was added");
    if (event.sequence > end_.sequence + 1) {
      fault(end_.sequence + 1, entries(end_.sequence + 1, event.sequence - 1) + " missing");
    } else if (previous != end_.hash) {
      fault(event.sequence, entry(event.sequence) + " does not follow the one before it: changed, added or reordered");
    }
    if (event_hash(event, previous) != hash)
      fault(event.sequence, entry(event.sequence) + " was changed: its hash is not that of its content");
    check_checkpoint(event.sequence, hash);
    if (event.sequence == expected_at_) expected_hash_ = to_hex(hash);
    if (head_ && event.sequence == head_->sequence) hash_at_head_ = hash;
    end_ = {event.sequence, hash};
  }

  void check_checkpoint(Sequence sequence, const std::string& hash) {
    const auto it = checkpoints_.find(sequence);
    if (it == checkpoints_.end()) return;
    if (it->second == hash)
      ++found_.checkpoints;
    else
      fault(sequence, entry(sequence) + " is not the one that was signed as a checkpoint");
  }

  void check_head() {
    if (!head_) return fault(end_.sequence, "the signed head is missing");
    if (head_->sequence > end_.sequence)
      return fault(end_.sequence + 1,
                   "the end was cut off: " + entries(end_.sequence + 1, head_->sequence) + " missing");
    if (head_->sequence < end_.sequence)
      fault(head_->sequence + 1, entries(head_->sequence + 1, end_.sequence) + " behind the signed head: added");
    const std::string& there = head_->sequence == start_.sequence ? start_.hash : hash_at_head_;
    if (there != head_->hash)
      fault(head_->sequence, entry(head_->sequence) + " is not the one that was signed as the head");
    else
      ++found_.checkpoints;
  }

  const SealKey& key_;
  std::string store_;
  Verification found_;
  ChainEnd start_{0, no_hash()}, end_{0, no_hash()};
  std::optional<ChainEnd> head_;
  std::string hash_at_head_;
  std::map<Sequence, std::string> checkpoints_;
  Sequence expected_at_ = 0;
  std::string expected_hash_;
};

}  // namespace

Result<Verification> verify_chain(Database& db, const SealKey& key, const std::optional<ChainHead>& expected) {
  PLIMSOLL_TRY(store, store_id(db));
  Walk walk(key, store);
  walk.watch(expected);
  PLIMSOLL_CHECK(walk.read_seals(db));
  PLIMSOLL_CHECK(walk.read_events(db));
  return walk.finish(expected);
}

}  // namespace plimsoll::journal
