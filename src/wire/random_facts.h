#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fact.h"
#include "wire/describe.h"
#include "wire/settle.h"

namespace plimsoll::wire {

// For tests: fills a described value with random content, awkward bytes and the ends of every number's range among it.
class RandomFill {
 public:
  explicit RandomFill(uint64_t seed) : random_(seed) {}

  template <class T>
  void member(const char*, T& v) {
    fill(v);
    ++members;
  }

  void fill(std::string& v) {
    static const std::string pieces[] = {"a",  "/usr",         "é",     "\xff",        "\"", "\\", std::string(1, '\0'),
                                         "\n", "\xe2\x80\xae", "\\xFF", "\xed\xa0\x80"};
    v.clear();
    for (uint64_t i = up_to(5); i > 0; --i) v += pieces[up_to(std::size(pieces))];
  }
  void fill(bool& v) { v = up_to(2) == 1; }
  void fill(char& v) { v = static_cast<char>(up_to(256)); }
  void fill(double& v) {
    const double ends[] = {0, 0.1, 1.0 / 3, 1e300, 5e-324, -2.5, 1e16};
    v = ends[up_to(std::size(ends))];
  }
  template <std::integral T>
  void fill(T& v) {
    const uint64_t kind = up_to(4);
    v = kind == 0   ? std::numeric_limits<T>::max()
        : kind == 1 ? std::numeric_limits<T>::min()
                    : static_cast<T>(random_());
  }
  void fill(Instant& v) { v = Instant(std::chrono::seconds(up_to(4'000'000'000))); }
  template <class T>
    requires std::is_enum_v<T>
  void fill(T& v) {
    v = static_cast<T>(up_to(2));
  }
  void fill(FactTree::Kind& v) { v = static_cast<FactTree::Kind>(up_to(7)); }
  void fill(FactTree& v) {
    v = {};  // a member that its new kind has not is not described
    describe(*this, v);
  }
  template <class Tag>
  void fill(Id<Tag>& v) {
    fill(v.value);
  }
  template <class T>
  void fill(std::optional<T>& v) {
    v.reset();
    if (up_to(3) > 0) fill(v.emplace());
  }
  template <class T>
  void fill(std::vector<T>& v) {
    v.clear();
    v.resize(up_to(3));
    for (T& item : v) fill(item);
  }
  template <class T>
  void fill(std::map<std::string, T>& v) {
    v.clear();
    for (uint64_t i = up_to(3); i > 0; --i) {
      std::string key;
      fill(key);
      fill(v[key]);
    }
  }
  template <class T>
  void fill(Fact<T>& v) {
    fill(v.value);
    fill(v.source);
    fill(v.unknown);
  }
  template <class T>
    requires requires(RandomFill& a, T& t) { describe(a, t); }
  void fill(T& v) {
    describe(*this, v);
  }

  int members = 0;

 private:
  uint64_t up_to(uint64_t bound) { return random_() % bound; }  // [0, bound)

  std::mt19937_64 random_;
};

// Some texts of these promise to be printable.
inline void make_printable(NetworkView& view) {
  for (NetworkEvent& event : view.events) settle(event);
  for (AssetBehaviour& behaviour : view.behaviour) settle(behaviour);
}

}  // namespace plimsoll::wire
