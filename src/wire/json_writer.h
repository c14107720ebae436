#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace plimsoll::wire {

// Writes one JSON document (RFC 8259), indented by one blank a level or all on one line, straight into a string: no
// tree is held. Bytes of a string that are not UTF-8 are written as the text "\xNN", so the document always is valid;
// numbers that JSON does not know (infinite, not a number) become null. The caller keeps begin/end in balance and gives
// a key before each member.
class JsonWriter {
 public:
  enum class Layout { indented, one_line };
  explicit JsonWriter(Layout layout = Layout::indented) : layout_(layout) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(double number);
  JsonWriter& value(bool truth);
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  JsonWriter& value(T number) {
    return raw(std::to_string(number));
  }
  template <std::signed_integral T>
  JsonWriter& value(T number) {
    return raw(std::to_string(number));
  }
  JsonWriter& null() { return raw("null"); }
  // A value that is JSON already, as it is. The caller answers for it.
  JsonWriter& document(std::string_view json) { return raw(json); }

  // key(name).value(v)
  template <class T>
  JsonWriter& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }

  std::string take() && { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& raw(std::string_view text);
  void before_value();
  void new_line();
  void quote(std::string_view text);

  Layout layout_;
  std::string out_;
  size_t depth_ = 0;
  bool first_ = true;  // nothing in the innermost bracket yet
  bool after_key_ = false;
};

}  // namespace plimsoll::wire
