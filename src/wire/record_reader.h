#pragma once
#include <simdjson.h>

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "wire/describe.h"
#include "wire/enum_names.h"
#include "wire/settle.h"

namespace plimsoll::wire {

// Reads described values in the format of recording.cc, trusting nothing. The first fault is kept and stops the rest.
class RecordReader {
 public:
  using Element = simdjson::dom::element;

  // `memory` bounds the bytes of the values built, since "{}" in the text can stand for a large value.
  RecordReader(std::string file, size_t memory) : file_(std::move(file)), memory_(memory) {}

  const std::optional<Error>& fault() const { return fault_; }

  void fail(ErrorKind kind, std::string_view why) {
    if (!fault_)
      fault_ = Error{kind, "not a valid recording: " + std::string(why), printable(file_) + ": " + printable(path_)};
  }

  // Called by describe().
  template <class T>
  void member(const char* name, T& v) {
    Element element;
    if (fault_ || object_->at_key(name).get(element) != simdjson::SUCCESS) return;
    ++members_;
    const Step step(*this, std::string(".") + name);
    read(element, v);
  }

  template <class T>
    requires requires(RecordReader& a, T& t) { describe(a, t); }
  void read(Element element, T& v) {
    read_object(element, [&] { describe(*this, v); });
    if (const auto why = settle(v)) fail(ErrorKind::malformed, *why);
  }

  // The members of an object, by calls of member(); one that nobody asked for is a fault.
  template <class Members>
  void read_object(Element element, Members&& members) {
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS) return fail(ErrorKind::malformed, "not an object");
    const auto* outer = std::exchange(object_, &object);
    const size_t outer_members = std::exchange(members_, 0);
    members();
    if (!fault_ && members_ != object.size())
      fail(ErrorKind::malformed, "has a member that is not known, or one twice");
    object_ = outer;
    members_ = outer_members;
  }

 private:
  // One more step of path_, as long as it lives.
  class Step {
   public:
    Step(RecordReader& reader, std::string_view step) : reader_(reader), length_(reader.path_.size()) {
      reader_.path_ += step;
    }
    ~Step() { reader_.path_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    RecordReader& reader_;
    size_t length_;
  };

  bool spend(size_t bytes) {
    if (bytes > memory_)
      fail(ErrorKind::limit, "holds too much");
    else
      memory_ -= bytes;
    return !fault_;
  }

  void read(Element element, std::string& v) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) {
      if (spend(text.size())) v = text;
      return;
    }
    std::string_view hex;
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS || object.size() != 1 ||
        object.at_key("hex").get(hex) != simdjson::SUCCESS) {
      return fail(ErrorKind::malformed, "not a string");
    }
    if (hex.size() % 2 != 0) return fail(ErrorKind::malformed, "hex of odd length");
    std::string bytes;
    for (size_t i = 0; i < hex.size() && !fault_; i += 2) {
      const auto byte = parse_uint(hex.substr(i, 2), 16);
      if (!byte) return fail(ErrorKind::malformed, "not hexadecimal");
      bytes += static_cast<char>(*byte);
    }
    v = std::move(bytes);
  }
  void read(Element element, bool& v) {
    if (element.get(v) != simdjson::SUCCESS) fail(ErrorKind::malformed, "not true or false");
  }
  void read(Element element, char& v) {
    std::string text;
    read(element, text);
    if (!fault_ && text.size() != 1) return fail(ErrorKind::malformed, "not one character");
    if (!fault_) v = text[0];
  }
  template <std::unsigned_integral T>
  void read(Element element, T& v) {
    uint64_t number = 0;
    if (element.get(number) != simdjson::SUCCESS) return fail(ErrorKind::malformed, "not a whole number from 0 up");
    if (number > std::numeric_limits<T>::max()) return fail(ErrorKind::malformed, "number too large");
    v = static_cast<T>(number);
  }
  template <std::signed_integral T>
  void read(Element element, T& v) {
    int64_t number = 0;
    if (element.get(number) != simdjson::SUCCESS) return fail(ErrorKind::malformed, "not a whole number");
    if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max()) {
      return fail(ErrorKind::malformed, "number out of range");
    }
    v = static_cast<T>(number);
  }
  void read(Element element, double& v) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) {
      if (element.get(v) != simdjson::SUCCESS) fail(ErrorKind::malformed, "not a number");
    } else if (text == "inf" || text == "-inf") {
      v = text == "inf" ? inf : -inf;
    } else if (text == "nan") {
      v = std::numeric_limits<double>::quiet_NaN();
    } else {
      fail(ErrorKind::malformed, "not a number");
    }
  }
  void read(Element element, Instant& v) {
    std::string_view text;
    const auto at = element.get(text) == simdjson::SUCCESS ? parse_rfc3339(text) : std::nullopt;
    if (!at) return fail(ErrorKind::malformed, "not a time");
    v = *at;
  }
  template <class T>
    requires std::is_enum_v<T>
  void read(Element element, T& v) {
    std::string_view text;
    const auto parsed = element.get(text) == simdjson::SUCCESS ? parse_name(text, &v) : std::nullopt;
    if (!parsed) return fail(ErrorKind::malformed, "not one of the known words");
    v = *parsed;
  }
  template <class Tag>
  void read(Element element, Id<Tag>& v) {
    read(element, v.value);
  }
  template <class T>
  void read(Element element, std::optional<T>& v) {
    read(element, v.emplace());
  }
  template <class T>
  void read(Element element, std::vector<T>& v) {
    simdjson::dom::array array;
    if (element.get(array) != simdjson::SUCCESS) return fail(ErrorKind::malformed, "not an array");
    v.clear();
    for (const Element item : array) {
      if (!spend(2 * sizeof(T))) return;  // twice: a vector that grows
      const Step step(*this, "[" + std::to_string(v.size()) + "]");
      read(item, v.emplace_back());
      if (fault_) return;
    }
  }
  template <class T>
  void read(Element element, std::map<std::string, T>& v) {
    simdjson::dom::object object;
    simdjson::dom::array pairs;
    if (element.get(object) == simdjson::SUCCESS) {
      for (const auto field : object) {
        if (!read_entry(std::string(field.key), field.value, v)) return;
      }
    } else if (element.get(pairs) == simdjson::SUCCESS) {
      for (const Element pair : pairs) {
        simdjson::dom::array two;
        std::string key;
        if (pair.get(two) != simdjson::SUCCESS || two.size() != 2) return fail(ErrorKind::malformed, "not a pair");
        read(two.at(0).value_unsafe(), key);
        if (fault_ || !read_entry(key, two.at(1).value_unsafe(), v)) return;
      }
    } else {
      fail(ErrorKind::malformed, "not an object");
    }
  }
  template <class T>
  bool read_entry(const std::string& key, Element element, std::map<std::string, T>& v) {
    constexpr size_t node_overhead = 64;
    const Step step(*this, "[\"" + printable(key, 100) + "\"]");
    if (!spend(sizeof(std::pair<std::string, T>) + key.size() + node_overhead)) return false;
    const auto [place, is_new] = v.try_emplace(key);
    if (is_new)
      read(element, place->second);
    else
      fail(ErrorKind::malformed, "stands there twice");
    return !fault_;
  }
  template <class T>
  void read(Element element, Fact<T>& v) {
    read_object(element, [&] {
      member("value", v.value);
      member("source", v.source);
      member("unknown", v.unknown);
    });
  }

  std::string file_;
  size_t memory_;
  std::string path_ = "$";
  const simdjson::dom::object* object_ = nullptr;  // the innermost object being read
  size_t members_ = 0;                             // of it found so far
  std::optional<Error> fault_;
};

}  // namespace plimsoll::wire
