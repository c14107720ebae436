#pragma once
#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "server/http.h"

namespace plimsoll::server {

// Answers that are the same for everybody who may have them, kept for as long as what they tell of is unchanged: many
// pages open on one service ask for the same lists. Bounded in number, bytes and age. Thread-safe.
class AnswerCache {
 public:
  // Of what is told: another value, other answers.
  using Version = std::array<uint64_t, 3>;

  // nullptr: none. `now`: seconds of a clock that never goes back.
  std::shared_ptr<const Response> find(const std::string& target, Version version, int64_t now);
  void keep(const std::string& target, Version version, int64_t now, std::shared_ptr<const Response> answer);

 private:
  struct Kept {
    std::string target;
    int64_t at = 0;
    std::shared_ptr<const Response> answer;
  };
  void forget_all();

  std::mutex mutex_;
  Version version_{};     // of all that are kept
  std::list<Kept> kept_;  // the one asked for last first
  std::unordered_map<std::string, std::list<Kept>::iterator> places_;
  size_t bytes_ = 0;
};

}  // namespace plimsoll::server
