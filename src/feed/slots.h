#pragma once
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace plimsoll::feed {

// Refills a vector in place: next() hands out the elements that are there (with whatever they hold) before it appends
// new ones, so that strings and vectors inside keep their memory from record to record. finish() drops those left over;
// with a `spare` list they are kept there for later records, up to kSpareLimit.
template <class T>
class Slots {
 public:
  explicit Slots(std::vector<T>& elements, std::vector<T>* spare = nullptr) : elements_(elements), spare_(spare) {}

  T& next() {
    if (used_ == elements_.size()) grow();
    return elements_[used_++];
  }
  void drop_last() { --used_; }
  size_t used() const { return used_; }
  template <class U>
  bool holds(const U& value) const {
    return std::find(elements_.begin(), elements_.begin() + static_cast<std::ptrdiff_t>(used_), value) !=
           elements_.begin() + static_cast<std::ptrdiff_t>(used_);
  }

  void finish() {
    while (spare_ != nullptr && elements_.size() > used_ && spare_->size() < kSpareLimit) {
      spare_->push_back(std::move(elements_.back()));
      elements_.pop_back();
    }
    elements_.resize(used_);
  }

 private:
  static constexpr size_t kSpareLimit = 256;

  void grow() {
    if (spare_ != nullptr && !spare_->empty()) {
      elements_.push_back(std::move(spare_->back()));
      spare_->pop_back();
    } else {
      elements_.emplace_back();
    }
  }

  std::vector<T>& elements_;
  std::vector<T>* spare_;
  size_t used_ = 0;
};

}  // namespace plimsoll::feed
