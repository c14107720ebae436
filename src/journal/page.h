#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "journal/cursor.h"
#include "journal/journal.h"

namespace plimsoll::journal {

// Collects the rows of a page, of which one more than its limit is asked for: that one tells that there is more.
template <class T>
class Paging {
 public:
  explicit Paging(size_t limit) : limit_(limit) {}

  void add(T item, Cursor here) {
    if (page_.items.size() == limit_) {
      page_.next = to_text(last_);
      return;
    }
    page_.items.push_back(std::move(item));
    last_ = std::move(here);
  }
  void total(uint64_t all) { page_.total = all; }
  Page<T> page() && { return std::move(page_); }

 private:
  size_t limit_;
  Page<T> page_;
  Cursor last_;
};

inline size_t page_limit(size_t asked) { return std::clamp(asked, size_t{1}, max_page); }

// A bit for each enumerator in the list; all of them when it is empty.
template <class E>
int64_t mask_of(const std::vector<E>& wanted) {
  int64_t mask = wanted.empty() ? -1 : 0;
  for (const E one : wanted) mask |= int64_t{1} << static_cast<int>(one);
  return mask;
}

// What LIKE ... ESCAPE '\\' looks for in a text in small letters that holds `text`; empty: nothing is looked for.
inline std::string pattern_of(const std::string& text) {
  if (text.empty()) return text;
  std::string out = "%";
  for (const char c : lower(text)) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + '%';
}

inline Error not_found(std::string_view what, const std::string& name) {
  return {ErrorKind::not_found, "the journal knows no " + std::string(what) + " '" + printable(name, 200) + "'"};
}

}  // namespace plimsoll::journal
