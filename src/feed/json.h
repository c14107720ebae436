#pragma once
// simdjson's on-demand parser as the feed parsers use it. Heavy: only for .cc files of this room.
#include <simdjson.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "base/text.h"

namespace plimsoll::feed {

namespace sj = simdjson::ondemand;

// Thrown inside this room only, and caught by read_json(): a document that cannot be used.
struct Refused {
  ErrorKind kind;
  std::string message;
};

// Walks one document. It remembers the field being read, so that every failure names it.
class JsonCursor {
 public:
  // The field that the next failure is about; a literal, or text that outlives the cursor.
  void at(const char* field) { field_ = field; }
  const char* field() const { return field_; }

  [[noreturn]] void refuse(ErrorKind kind, std::string_view why) const {
    throw Refused{kind, std::string("field ") + field_ + " " + std::string(why)};
  }

  // Calls f(key, value) for every member of an object; null stands for an empty one.
  template <class F>
  void object(sj::value value, const char* field, F&& f) {
    at(field);
    if (value.type() == sj::json_type::null) return;
    for (auto member : value.get_object()) {
      const std::string_view key = member.unescaped_key();
      sj::value inner = member.value();
      f(key, inner);
      at(field);
    }
  }
  // Calls f(value) for every element of an array; null stands for an empty one.
  template <class F>
  void array(sj::value value, const char* field, F&& f) {
    at(field);
    if (value.type() == sj::json_type::null) return;
    for (auto element : value.get_array()) {
      sj::value inner = std::move(element);
      f(inner);
      at(field);
    }
  }
  // A string; null stands for "". Valid until the next document.
  std::string_view string(sj::value value, const char* field) {
    at(field);
    if (value.type() == sj::json_type::null) return {};
    return value.get_string();
  }
  // A string where the schema promises nothing: "" for any other type.
  std::string_view string_or_none(sj::value value) {
    return value.type() == sj::json_type::string ? std::string_view(value.get_string()) : std::string_view();
  }

 private:
  const char* field_ = "(top)";
};

// The documents of one parser, one at a time. Copies the text, because simdjson reads past its end.
class JsonSource {
 public:
  // Calls member(key, value) for each member of the top object, then finish(). Every failure, also one that they throw,
  // becomes an Error with context `name`.
  template <class F, class G>
  Status read(std::string_view text, std::string_view name, size_t limit, JsonCursor& cursor, F&& member, G&& finish) {
    if (text.size() > limit) {
      return Error{ErrorKind::limit, "larger than " + std::to_string(limit >> 20) + " MiB", printable(name, 200)};
    }
    try {
      cursor.at("(top)");
      buffer_.assign(text);
      buffer_.append(simdjson::SIMDJSON_PADDING, '\0');
      sj::document document = parser_.iterate(buffer_.data(), text.size(), buffer_.size());
      sj::object top = document.get_object();
      for (auto field : top) {
        const std::string_view key = field.unescaped_key();
        sj::value inner = field.value();
        member(key, inner);
        cursor.at("(top)");
      }
      const char* rest = nullptr;
      if (document.current_location().get(rest) != simdjson::OUT_OF_BOUNDS) {
        cursor.refuse(ErrorKind::malformed, "is followed by more text");
      }
      finish();
      forget_if_large(text.size());
      return Done{};
    } catch (const simdjson::simdjson_error& error) {
      return Error{ErrorKind::malformed, std::string("field ") + cursor.field() + ": " + error.what(),
                   printable(name, 200)};
    } catch (const Refused& refused) {
      return Error{refused.kind, refused.message, printable(name, 200)};
    }
  }

 private:
  // A rare huge document must not pin its memory for good.
  void forget_if_large(size_t size) {
    if (size <= (size_t{1} << 20)) return;
    buffer_ = std::string();
    parser_ = sj::parser();
  }

  sj::parser parser_;
  std::string buffer_;
};

}  // namespace plimsoll::feed
