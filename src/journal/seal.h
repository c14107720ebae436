#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "journal/records.h"

namespace plimsoll::journal {

// What a signature is for: one kind can never stand in for another.
enum class SealKind { head, checkpoint, start };

// The claim "in this store the entry `sequence` has this hash", signed.
struct Seal {
  SealKind kind = SealKind::head;
  Sequence sequence = 0;
  Instant at{};
  std::string hash;       // 32 bytes
  std::string signature;  // 64 bytes
};

// An Ed25519 key (RFC 8032) in a file of its own beside the journal, so that who can write the database alone cannot
// sign. Immutable; safe to share between threads.
class SealKey {
 public:
  // Reads the PEM file; with `make` it is made (mode 0600) when it is not there.
  static Result<SealKey> open(const std::string& path, bool make);
  SealKey(SealKey&&) noexcept;
  SealKey& operator=(SealKey&&) noexcept;
  ~SealKey();

  // `store`: the id of the journal, part of what is signed.
  void sign(Seal& seal, const std::string& store) const;
  bool holds(const Seal& seal, const std::string& store) const;

 private:
  struct State;
  explicit SealKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace plimsoll::journal
