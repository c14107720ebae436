#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::repository {

// One paragraph of a control file (deb822(5)): fields in their order. A value holds its continuation lines, parted by
// newlines, each without the blank in front; a line of a single dot stays one.
class Paragraph {
 public:
  // Empty when there is none. Names are compared without regard to case.
  std::string_view get(std::string_view name) const;
  bool empty() const { return fields_.empty(); }
  void clear() { fields_.clear(); }
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void extend(std::string_view line);

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Reads paragraphs from pieces of text as they come. Lines and paragraphs past their bounds are cut short, which
// `too_long` tells.
class ParagraphReader {
 public:
  using Sink = std::function<void(const Paragraph&)>;
  // Asked with the first field's value; false passes over the whole paragraph, which is cheap.
  using Filter = std::function<bool(std::string_view)>;
  // `wanted` (lower case) limits the fields that are kept; empty: all.
  explicit ParagraphReader(Sink sink, std::vector<std::string_view> wanted = {}, Filter filter = {})
      : sink_(std::move(sink)), wanted_(std::move(wanted)), filter_(std::move(filter)) {}
  void feed(std::string_view piece);
  void finish();
  bool too_long() const { return too_long_; }

 private:
  void take_line(std::string_view line);

  Sink sink_;
  std::vector<std::string_view> wanted_;
  Filter filter_;
  std::string rest_;  // a line whose end has not come yet
  Paragraph paragraph_;
  size_t size_ = 0;  // bytes kept of this paragraph
  bool keeping_ = false, too_long_ = false;
  bool inside_ = false, skipping_ = false;  // of this paragraph: its first field was seen; it is passed over
};

// All paragraphs of a text at hand.
std::vector<Paragraph> read_paragraphs(std::string_view text);

}  // namespace plimsoll::repository
