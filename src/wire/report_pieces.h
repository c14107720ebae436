#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fact.h"
#include "wire/json_writer.h"

namespace plimsoll::wire {

// Small shapes that many parts of a report share.

// An instant, or null for one never set (the epoch).
inline void write_instant(JsonWriter& out, Instant at) {
  if (at == Instant{})
    out.null();
  else
    out.value(format_rfc3339(at));
}

inline void write_strings(JsonWriter& out, const std::vector<std::string>& texts) {
  out.begin_array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

template <class List, class Write>
void write_array(JsonWriter& out, const List& list, Write&& write) {
  out.begin_array();
  for (const auto& item : list) write(out, item);
  out.end_array();
}

// {"value": ..., "source": ...} or {"value": null, "unknown": why}: what could not be read is never shown as fine.
template <class T, class Write>
void write_fact(JsonWriter& out, const Fact<T>& fact, Write&& write) {
  out.begin_object().key("value");
  if (fact.value)
    write(out, *fact.value);
  else
    out.null();
  if (!fact.source.empty()) out.member("source", fact.source);
  if (!fact.value) out.member("unknown", fact.unknown.empty() ? std::string("not looked at") : fact.unknown);
  out.end_object();
}

template <class T>
void write_fact(JsonWriter& out, const Fact<T>& fact) {
  write_fact(out, fact, [](JsonWriter& w, const T& v) { w.value(v); });
}

}  // namespace plimsoll::wire
