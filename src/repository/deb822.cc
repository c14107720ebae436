#include "repository/deb822.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_line = size_t{1} << 20;
constexpr size_t max_paragraph = size_t{4} << 20;

char lower_of(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `lower` is in lower case already.
bool same_name(std::string_view name, std::string_view lower) {
  return std::ranges::equal(name, lower, [](char a, char b) { return lower_of(a) == b; });
}

// Drops whole lines from the front of `piece` while none of them can be the empty one that ends the paragraph.
void pass_over(std::string_view& piece) {
  while (!piece.empty()) {
    const char next = piece.front();
    if (next == '\n' || next == '\r') return;
    const size_t end = piece.find('\n');
    if (end == std::string_view::npos) return;
    piece.remove_prefix(end + 1);
  }
}

}  // namespace

std::string_view Paragraph::get(std::string_view name) const {
  const std::string wanted = lower(name);
  for (const auto& [field, value] : fields_) {
    if (same_name(field, wanted)) return value;
  }
  return {};
}

void Paragraph::extend(std::string_view line) {
  if (!fields_.empty()) fields_.back().second.append("\n").append(line);
}

void ParagraphReader::feed(std::string_view piece) {
  while (!piece.empty()) {
    if (skipping_ && rest_.empty()) pass_over(piece);
    const size_t end = piece.find('\n');
    if (end == std::string_view::npos) {
      if (rest_.size() + piece.size() > max_line)
        too_long_ = true;
      else
        rest_.append(piece);
      return;
    }
    if (rest_.empty()) {
      take_line(piece.substr(0, end));
    } else {
      rest_.append(piece.substr(0, std::min(end, max_line)));
      take_line(rest_);
      rest_.clear();
    }
    piece.remove_prefix(end + 1);
  }
}

void ParagraphReader::finish() {
  if (!rest_.empty()) take_line(rest_);
  rest_.clear();
  take_line({});
}

void ParagraphReader::take_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) {
    if (!paragraph_.empty()) sink_(paragraph_);
    paragraph_.clear();
    size_ = 0;
    keeping_ = inside_ = skipping_ = false;
    return;
  }
  if (skipping_ || line.front() == '#') return;
  const bool continuation = line.front() == ' ' || line.front() == '\t';
  if (size_ + line.size() > max_paragraph) {
    too_long_ = true;
    return;
  }
  if (continuation) {
    if (!keeping_) return;
    paragraph_.extend(line.substr(1));
  } else {
    const size_t colon = line.find(':');
    keeping_ = colon != std::string_view::npos && colon > 0;
    if (!keeping_) return;
    const std::string_view name = line.substr(0, colon);
    if (!std::exchange(inside_, true) && filter_ && !filter_(trim(line.substr(colon + 1)))) {
      skipping_ = true;
      keeping_ = false;
      return;
    }
    keeping_ = wanted_.empty() || std::ranges::any_of(wanted_, [&](auto w) { return same_name(name, w); });
    if (!keeping_) return;
    paragraph_.add(std::string(name), std::string(trim(line.substr(colon + 1))));
  }
  size_ += line.size();
}

std::vector<Paragraph> read_paragraphs(std::string_view text) {
  std::vector<Paragraph> out;
  ParagraphReader reader([&](const Paragraph& paragraph) { out.push_back(paragraph); });
  reader.feed(text);
  reader.finish();
  return out;
}

}  // namespace plimsoll::repository
