#include "network/detect/http_stream.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace plimsoll::network {
namespace {

constexpr size_t kHeadMost = 32 * 1024, kHeadersMost = 256, kBodyMost = 64 * 1024, kLineMost = 4096;
constexpr size_t kMethodMost = 20;

// Where the line ends that begins at the start of `text`, and where the next begins; npos when it is not whole.
struct Line {
  size_t end = std::string_view::npos, next = std::string_view::npos;
};

Line line_of(std::string_view text) {
  const size_t feed = text.find('\n');
  if (feed == std::string_view::npos) return {};
  return {feed > 0 && text[feed - 1] == '\r' ? feed - 1 : feed, feed + 1};
}

bool is_method(std::string_view word) {
  return !word.empty() && word.size() <= kMethodMost &&
         std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
}

}  // namespace

std::string_view HttpMessage::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

void HttpStream::feed(std::string_view bytes, const Heard& heard) {
  if (state_ == State::broken) return;
  buffer_.append(bytes);
  while (step(heard)) {
  }
  buffer_.erase(0, at_);
  at_ = 0;
  const size_t size = message_.body.size();
  if (state_ == State::broken) {
    buffer_.clear();
    flush(heard);  // what came before it broke off was said all the same
    open_ = false;
  } else if (open_ && (first_ || size >= 2 * told_ + 1)) {
    tell(heard);
  }
}

void HttpStream::flush(const Heard& heard) {
  if (open_ && (first_ || message_.body.size() > told_)) tell(heard);
}

bool HttpStream::step(const Heard& heard) {
  switch (state_) {
    case State::head:
      return read_head(heard);
    case State::chunk_size:
      return read_chunk_size();
    case State::chunk_end:
      return skip_line_end();
    case State::trailer:
      return read_trailer(heard);
    case State::body:
    case State::chunk:
    case State::until_close:
      return take_body(heard);
    case State::broken:
      break;
  }
  return false;
}

bool HttpStream::read_head(const Heard& heard) {
  // Empty lines before a message are tolerated (RFC 9112 section 2.2).
  while (at_ < buffer_.size() && (buffer_[at_] == '\r' || buffer_[at_] == '\n')) ++at_;
  const std::string_view text = rest();
  if (!may_begin(text)) {
    state_ = State::broken;
    return false;
  }
  size_t at = 0;
  while (true) {
    const Line line = line_of(text.substr(at));
    if (line.next == std::string_view::npos) {
      if (text.size() > kHeadMost) state_ = State::broken;
      return false;
    }
    at += line.next;
    if (line.end == 0) break;
    if (at > kHeadMost) {
      state_ = State::broken;
      return false;
    }
  }
  message_ = {};
  first_ = true;
  told_ = 0;
  if (!parse_head(text.substr(0, at))) {
    state_ = State::broken;
    return false;
  }
  at_ += at;
  open_ = true;
  choose_body();
  if (state_ == State::head) end_message(heard);
  return state_ != State::broken;
}

// Whether a start line may begin, or be, like this.
bool HttpStream::may_begin(std::string_view text) {
  const Line line = line_of(text);
  if (line.next != std::string_view::npos) {
    HttpMessage unused = std::exchange(message_, {});
    const bool good = parse_start(text.substr(0, line.end));
    message_ = std::move(unused);
    return good;
  }
  const std::string_view word = text.substr(0, text.find(' '));
  constexpr std::string_view version = "HTTP/1.";
  if (side_ == Side::responses) return text.substr(0, version.size()) == version.substr(0, text.size());
  return word.empty() || is_method(word);
}

bool HttpStream::parse_head(std::string_view head) {
  Line line = line_of(head);
  if (!parse_start(head.substr(0, line.end))) return false;
  head.remove_prefix(line.next);
  while ((line = line_of(head)).next != std::string_view::npos && line.end > 0) {
    const std::string_view text = head.substr(0, line.end);
    head.remove_prefix(line.next);
    if ((text[0] == ' ' || text[0] == '\t') && !message_.headers.empty()) {
      message_.headers.back().second += " " + std::string(trim(text));  // obsolete folding
      continue;
    }
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos || message_.headers.size() >= kHeadersMost) continue;
    message_.headers.emplace_back(lower(trim(text.substr(0, colon))), std::string(trim(text.substr(colon + 1))));
  }
  return true;
}

bool HttpStream::parse_start(std::string_view line) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  if (side_ == Side::responses) {
    if (line.rfind("HTTP/1.", 0) != 0) return false;
    const auto status = parse_uint(line.substr(space + 1, 3));
    if (!status) return false;
    message_.status = static_cast<int>(*status);
    return true;
  }
  const size_t last = line.rfind(' ');
  if (!is_method(line.substr(0, space)) || last <= space || line.substr(last + 1).rfind("HTTP/1.", 0) != 0)
    return false;
  message_.method = line.substr(0, space);
  message_.target = trim(line.substr(space + 1, last - space - 1));
  return true;
}

void HttpStream::choose_body() {
  const std::string coding = lower(message_.header("transfer-encoding"));
  const std::string_view length = message_.header("content-length");
  const bool response = side_ == Side::responses;
  if (response && (message_.status / 100 == 1 || message_.status == 204 || message_.status == 304)) {
    state_ = State::head;
  } else if (coding.find("chunked") != std::string::npos) {
    state_ = State::chunk_size;
  } else if (!length.empty()) {
    const auto bytes = parse_uint(length);
    body_left_ = bytes.value_or(0);
    state_ = !bytes ? State::broken : body_left_ == 0 ? State::head : State::body;
  } else {
    state_ = response ? State::until_close : State::head;
  }
}

bool HttpStream::read_chunk_size() {
  const Line line = line_of(rest());
  if (line.next == std::string_view::npos) {
    if (rest().size() > kLineMost) state_ = State::broken;
    return false;
  }
  const std::string_view text = rest().substr(0, line.end);
  const auto size = parse_uint(trim(text.substr(0, text.find(';'))), 16);
  if (!size) {
    state_ = State::broken;
    return false;
  }
  at_ += line.next;
  body_left_ = *size;
  state_ = *size == 0 ? State::trailer : State::chunk;
  return true;
}

bool HttpStream::skip_line_end() {
  const Line line = line_of(rest());
  if (line.next == std::string_view::npos) return false;
  if (line.end != 0) {
    state_ = State::broken;
    return false;
  }
  at_ += line.next;
  state_ = State::chunk_size;
  return true;
}

bool HttpStream::read_trailer(const Heard& heard) {
  const Line line = line_of(rest());
  if (line.next == std::string_view::npos) {
    if (rest().size() > kLineMost) state_ = State::broken;
    return false;
  }
  at_ += line.next;
  if (line.end == 0) end_message(heard);
  return true;
}

bool HttpStream::take_body(const Heard& heard) {
  if (rest().empty()) return false;
  const size_t taken =
      state_ == State::until_close ? rest().size() : static_cast<size_t>(std::min<uint64_t>(rest().size(), body_left_));
  message_.body.append(rest().substr(0, std::min(taken, kBodyMost - std::min(kBodyMost, message_.body.size()))));
  at_ += taken;
  if (state_ == State::until_close) return false;
  body_left_ -= taken;
  if (body_left_ == 0) {
    if (state_ == State::body) {
      end_message(heard);
    } else {
      state_ = State::chunk_end;
    }
  }
  return true;
}

void HttpStream::end_message(const Heard& heard) {
  message_.complete = true;
  open_ = false;
  tell(heard);
  state_ = State::head;
}

void HttpStream::tell(const Heard& heard) {
  heard(message_, first_);
  first_ = false;
  told_ = message_.body.size();
}

}  // namespace plimsoll::network
