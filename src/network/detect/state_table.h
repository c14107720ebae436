#pragma once
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace plimsoll::network {

// A map of at most `capacity` entries for what detectors remember. When it is full, the first entry that was not used
// since the hand last passed gives way (second chance), and `evicted` counts. Memory grows with use up to the bound.
template <class Key, class Value, class Hash = std::hash<Key>>
class StateTable {
 public:
  explicit StateTable(size_t capacity) : capacity_(capacity) {}

  Value* find(const Key& key) {
    const auto place = places_.find(key);
    if (place == places_.end()) return nullptr;
    Slot& slot = slots_[place->second];
    slot.used = true;
    return &slot.value;
  }

  // The entry of `key`, made when there was none. The pointer is valid until the next call.
  Value& get(const Key& key) {
    if (Value* value = find(key)) return *value;
    const size_t at = slots_.size() < capacity_ ? grow() : free_.empty() ? give_way() : reuse();
    Slot& slot = slots_[at];
    slot = {key, Value{}, false, true};
    places_.emplace(key, at);
    return slot.value;
  }

  void erase(const Key& key) {
    const auto place = places_.find(key);
    if (place == places_.end()) return;
    slots_[place->second].live = false;
    slots_[place->second].value = Value{};
    free_.push_back(place->second);
    places_.erase(place);
  }

  // Calls visit(key, value) for each entry in the order of their places; where it returns false the entry goes.
  template <class Visit>
  void each(Visit visit) {
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (!slots_[i].live || visit(std::as_const(slots_[i].key), slots_[i].value)) continue;
      const Key key = slots_[i].key;
      erase(key);
    }
  }

  size_t size() const { return places_.size(); }
  // How many entries gave way since the last call.
  uint64_t take_evicted() { return std::exchange(evicted_, 0); }

 private:
  struct Slot {
    Key key{};
    Value value{};
    bool used = false, live = false;
  };

  size_t grow() {
    if (!free_.empty()) return reuse();
    slots_.emplace_back();
    return slots_.size() - 1;
  }
  size_t reuse() {
    const size_t at = free_.back();
    free_.pop_back();
    return at;
  }
  size_t give_way() {
    while (slots_[hand_].used) {
      slots_[hand_].used = false;
      hand_ = (hand_ + 1) % slots_.size();
    }
    const size_t at = hand_;
    hand_ = (hand_ + 1) % slots_.size();
    places_.erase(slots_[at].key);
    ++evicted_;
    return at;
  }

  size_t capacity_, hand_ = 0;
  uint64_t evicted_ = 0;
  std::vector<Slot> slots_;
  std::vector<size_t> free_;
  std::unordered_map<Key, size_t, Hash> places_;
};

}  // namespace plimsoll::network
