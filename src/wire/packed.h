#pragma once
#include <bit>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "wire/describe.h"
#include "wire/enum_names.h"
#include "wire/settle.h"

// Described values as bytes, from a worker to the program that started it: the members in the order of describe(), both
// sides of one build. Numbers are 8 bytes, little-endian (negative ones in two's complement); a bool or a presence is
// one byte, 0 or 1; texts, names of enumerations, lists and maps begin with a count of 4 bytes.
namespace plimsoll::wire {

class PackedWriter {
 public:
  // Address space only: growing step by step would copy most of it, page by new page.
  PackedWriter() { out_.reserve(size_t{1} << 20); }
  // Called by describe().
  template <class T>
  void member(const char*, const T& v) {
    write(v);
  }

  template <class T>
    requires requires(PackedWriter& a, const T& t) { describe(a, t); }
  void write(const T& v) {
    describe(*this, v);
  }
  void write(const std::string& v) {
    number(v.size(), 4);
    out_ += v;
  }
  void write(bool v) { number(v ? 1 : 0, 1); }
  template <std::integral T>
  void write(T v) {
    number(static_cast<uint64_t>(v), 8);
  }
  void write(double v) { number(std::bit_cast<uint64_t>(v), 8); }
  void write(Instant v) { write(static_cast<int64_t>(v.time_since_epoch().count())); }
  template <class T>
    requires std::is_enum_v<T>
  void write(T v) {
    write(std::string(name_of(v)));
  }
  template <class Tag>
  void write(const Id<Tag>& v) {
    write(v.value);
  }
  template <class T>
  void write(const std::optional<T>& v) {
    write(v.has_value());
    if (v) write(*v);
  }
  template <class T>
  void write(const std::vector<T>& v) {
    number(v.size(), 4);
    for (const T& item : v) write(item);
  }
  template <class T>
  void write(const std::map<std::string, T>& v) {
    number(v.size(), 4);
    for (const auto& [key, value] : v) {
      write(key);
      write(value);
    }
  }
  template <class T>
  void write(const Fact<T>& v) {
    write(v.value);
    write(v.source);
    write(v.unknown);
  }

  std::string take() && { return std::move(out_); }

 private:
  void number(uint64_t v, size_t bytes) {
    char raw[8];
    for (size_t i = 0; i < sizeof raw; ++i) raw[i] = static_cast<char>(v >> (8 * i));
    out_.append(raw, bytes);
  }

  std::string out_;
};

// Reads them, trusting nothing. After the first fault nothing more is read.
class PackedReader {
 public:
  // `memory` bounds the bytes of the values built.
  PackedReader(std::string_view bytes, size_t memory) : bytes_(bytes), memory_(memory) {}

  // malformed or limit; also when something is left over.
  Status finish() {
    if (!fault_ && bytes_.remaining() != 0) fail(ErrorKind::malformed, "has more bytes than values");
    if (fault_) return *fault_;
    return Done{};
  }

  // Called by describe().
  template <class T>
  void member(const char*, T& v) {
    if (!fault_) read(v);
  }

  template <class T>
    requires requires(PackedReader& a, T& t) { describe(a, t); }
  void read(T& v) {
    constexpr int deepest = 64;  // as for recordings: trees of settings hold trees
    if (depth_ == deepest) return fail(ErrorKind::limit, "is nested too deep");
    ++depth_;
    describe(*this, v);
    --depth_;
    if (const auto why = settle(v)) fail(ErrorKind::malformed, *why);
  }
  void read(std::string& v) {
    const size_t length = count();
    if (fault_ || !spend(length)) return;
    const auto text = bytes_.take(length);
    if (!text) return cut_off();
    v = *text;
  }
  void read(bool& v) {
    const auto byte = bytes_.u8();
    if (!byte) return cut_off();
    if (*byte > 1) return fail(ErrorKind::malformed, "holds a truth that is neither");
    v = *byte == 1;
  }
  template <std::integral T>
  void read(T& v) {
    const auto raw = bytes_.u64le();
    if (!raw) return cut_off();
    v = static_cast<T>(*raw);
    if (static_cast<uint64_t>(v) != *raw) fail(ErrorKind::malformed, "holds a number out of range");
  }
  void read(double& v) {
    const auto raw = bytes_.u64le();
    if (!raw) return cut_off();
    v = std::bit_cast<double>(*raw);
  }
  void read(Instant& v) {
    int64_t seconds = 0;
    read(seconds);
    constexpr int64_t year_10000 = 253'402'300'800;
    if (!fault_ && (seconds < -year_10000 || seconds >= year_10000))
      return fail(ErrorKind::malformed, "holds a time out of range");
    if (!fault_) v = Instant(std::chrono::seconds(seconds));
  }
  template <class T>
    requires std::is_enum_v<T>
  void read(T& v) {
    std::string name;
    read(name);
    if (fault_) return;
    const auto parsed = parse_name(name, &v);
    if (!parsed) return fail(ErrorKind::malformed, "holds a word that is not known");
    v = *parsed;
  }
  template <class Tag>
  void read(Id<Tag>& v) {
    read(v.value);
  }
  template <class T>
  void read(std::optional<T>& v) {
    bool there = false;
    read(there);
    v.reset();
    if (!fault_ && there) read(v.emplace());
  }
  template <class T>
  void read(std::vector<T>& v) {
    v.clear();
    for (size_t left = count(); left > 0 && !fault_; --left) {
      if (spend(2 * sizeof(T))) read(v.emplace_back());  // twice: a vector that grows
    }
  }
  template <class T>
  void read(std::map<std::string, T>& v) {
    constexpr size_t node_overhead = 64;
    v.clear();
    for (size_t left = count(); left > 0 && !fault_; --left) {
      std::string key;
      if (!spend(sizeof(std::pair<std::string, T>) + node_overhead)) return;
      read(key);
      if (fault_) return;
      const auto [place, is_new] = v.try_emplace(std::move(key));
      if (!is_new) return fail(ErrorKind::malformed, "holds a key twice");
      read(place->second);
    }
  }
  template <class T>
  void read(Fact<T>& v) {
    read(v.value);
    if (!fault_) read(v.source);
    if (!fault_) read(v.unknown);
  }

 private:
  void fail(ErrorKind kind, std::string_view why) {
    if (!fault_) fault_ = Error{kind, "what the worker sent " + std::string(why)};
  }
  void cut_off() { fail(ErrorKind::malformed, "is cut off"); }
  bool spend(size_t bytes) {
    if (bytes > memory_)
      fail(ErrorKind::limit, "holds too much");
    else
      memory_ -= bytes;
    return !fault_;
  }
  // Of bytes or of items, each of which takes a byte at least.
  size_t count() {
    const auto number = bytes_.u32le();
    if (!number || *number > bytes_.remaining()) {
      cut_off();
      return 0;
    }
    return *number;
  }

  ByteReader bytes_;
  size_t memory_;
  int depth_ = 0;
  std::optional<Error> fault_;
};

template <class T>
std::string pack(const T& v) {
  PackedWriter writer;
  writer.write(v);
  return std::move(writer).take();
}

template <class T>
Result<T> unpack(std::string_view bytes) {
  // As for recordings: more than an honest value needs.
  PackedReader reader(bytes, (size_t{64} << 20) + 4 * bytes.size());
  T v;
  reader.read(v);
  PLIMSOLL_CHECK(reader.finish());
  return v;
}

}  // namespace plimsoll::wire
