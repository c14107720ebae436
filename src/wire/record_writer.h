#pragma once
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "model/names.h"
#include "wire/describe.h"
#include "wire/json_writer.h"

namespace plimsoll::wire {

// Writes described values in the format of recording.cc.
class RecordWriter {
 public:
  template <class T>
  void member(const char* name, const T& v) {
    if (is_blank(v)) return;
    out_.key(name);
    write(v);
  }

  template <class T>
    requires requires(RecordWriter& a, const T& t) { describe(a, t); }
  void write_members(const T& v) {
    describe(*this, v);
  }

  JsonWriter& json() { return out_; }

 private:
  // What is left out because its absence says the same.
  static bool is_blank(const std::string& v) { return v.empty(); }
  template <class Tag>
  static bool is_blank(const Id<Tag>& v) {
    return v.empty();
  }
  template <class T>
  static bool is_blank(const std::vector<T>& v) {
    return v.empty();
  }
  template <class T>
  static bool is_blank(const std::map<std::string, T>& v) {
    return v.empty();
  }
  template <class T>
  static bool is_blank(const std::optional<T>& v) {
    return !v.has_value();
  }
  template <class T>
  static bool is_blank(const Fact<T>& v) {
    return !v.value && v.source.empty() && v.unknown.empty();
  }
  static bool is_blank(const FactTree& v) { return v.kind == FactTree::Kind::absent && v.source.empty(); }
  template <class T>
  static bool is_blank(const T&) {
    return false;
  }

  void write(const std::string& v) {
    if (is_utf8(v)) {
      out_.value(v);
      return;
    }
    out_.begin_object().member("hex", to_hex(v)).end_object();
  }
  void write(bool v) { out_.value(v); }
  void write(char v) { write(std::string(1, v)); }
  template <std::integral T>
  void write(T v) {
    out_.value(v);
  }
  void write(double v) {
    if (std::isfinite(v))
      out_.value(v);
    else
      out_.value(std::isnan(v) ? "nan" : v > 0 ? "inf" : "-inf");
  }
  void write(Instant v) { out_.value(format_rfc3339(v)); }
  template <class T>
    requires std::is_enum_v<T>
  void write(T v) {
    out_.value(name_of(v));
  }
  template <class Tag>
  void write(const Id<Tag>& v) {
    write(v.value);
  }
  template <class T>
  void write(const std::optional<T>& v) {
    write(*v);
  }
  template <class T>
  void write(const std::vector<T>& v) {
    out_.begin_array();
    for (const T& item : v) write(item);
    out_.end_array();
  }
  template <class T>
  void write(const std::map<std::string, T>& v) {
    bool plain = true;
    for (const auto& [key, value] : v) plain = plain && is_utf8(key);
    plain ? out_.begin_object() : out_.begin_array();
    for (const auto& [key, value] : v) {
      if (plain) {
        out_.key(key);
        write(value);
        continue;
      }
      out_.begin_array();
      write(key);
      write(value);
      out_.end_array();
    }
    plain ? out_.end_object() : out_.end_array();
  }
  template <class T>
  void write(const Fact<T>& v) {
    out_.begin_object();
    member("value", v.value);
    member("source", v.source);
    member("unknown", v.unknown);
    out_.end_object();
  }
  template <class T>
    requires requires(RecordWriter& a, const T& t) { describe(a, t); }
  void write(const T& v) {
    out_.begin_object();
    describe(*this, v);
    out_.end_object();
  }

  JsonWriter out_;
};

}  // namespace plimsoll::wire
