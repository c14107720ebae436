#include "network/detect/resp.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace plimsoll::network {
namespace {

// A command is looked at again with each piece of it that comes, hence its narrower bounds.
constexpr size_t kCommandMost = 16 * 1024, kLineMost = 64 * 1024, kWordsKept = 4, kWordKept = 64;
constexpr uint64_t kArgumentsMost = 1024, kItemsMost = 1u << 20, kBulkMost = 512u << 20;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// The line at `at`, without its end; `at` moves behind it. False when it is not whole.
bool take_line(const std::string& buffer, size_t& at, std::string_view& line) {
  const size_t feed = buffer.find('\n', at);
  if (feed == std::string::npos) return false;
  const size_t end = feed > at && buffer[feed - 1] == '\r' ? feed - 1 : feed;
  line = std::string_view(buffer).substr(at, end - at);
  at = feed + 1;
  return true;
}

bool is_text(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

}  // namespace

std::vector<std::vector<std::string>> RespCommands::feed(std::string_view bytes) {
  std::vector<std::vector<std::string>> out;
  if (broken_) return out;
  buffer_.append(bytes);
  std::vector<std::string> words;
  while (!broken_ && one(words)) {
    if (!words.empty()) {
      words[0] = upper(words[0]);
      out.push_back(std::move(words));
    }
    words.clear();
  }
  buffer_.erase(0, at_);
  at_ = 0;
  if (buffer_.size() > kCommandMost) broken_ = true;
  return out;
}

bool RespCommands::one(std::vector<std::string>& words) {
  if (at_ >= buffer_.size()) return false;
  if (buffer_[at_] == '*') return array(words);
  std::string_view line;
  if (!take_line(buffer_, at_, line)) return false;
  if (!is_text(line)) {
    broken_ = true;
    return false;
  }
  for (const std::string_view word : split_words(line)) {
    if (words.size() < kWordsKept) words.emplace_back(word.substr(0, kWordKept));
  }
  return true;
}

bool RespCommands::array(std::vector<std::string>& words) {
  size_t at = at_;
  std::string_view line;
  if (!take_line(buffer_, at, line)) return false;
  const auto count = parse_uint(line.substr(1));
  if (!count || *count > kArgumentsMost) {
    broken_ = true;
    return false;
  }
  for (uint64_t i = 0; i < *count; ++i) {
    if (!take_line(buffer_, at, line)) return false;
    const auto size = line.empty() || line[0] != '$' ? std::nullopt : parse_uint(line.substr(1));
    if (!size || *size > kBulkMost) {
      broken_ = true;
      return false;
    }
    if (buffer_.size() - at < *size + 2) return false;
    if (words.size() < kWordsKept) words.emplace_back(buffer_, at, std::min<uint64_t>(*size, kWordKept));
    at += *size + 2;
  }
  at_ = at;
  return true;
}

std::vector<std::string> RespReplies::feed(std::string_view bytes) {
  std::vector<std::string> out;
  if (broken_) return out;
  buffer_.append(bytes);
  std::string reply;
  while (!broken_ && one(reply)) {
    if (!reply.empty()) out.push_back(std::move(reply));
    reply.clear();
  }
  buffer_.erase(0, at_);
  at_ = 0;
  if (buffer_.size() > kLineMost) broken_ = true;
  return out;
}

// One element. A reply is whole when as many elements came as it and what is in it announced.
bool RespReplies::one(std::string& reply) {
  if (skip_ > 0) {
    const size_t taken = std::min(skip_, buffer_.size() - at_);
    at_ += taken;
    skip_ -= taken;
    if (skip_ > 0) return false;
  } else {
    std::string_view line;
    if (!take_line(buffer_, at_, line)) return false;
    constexpr std::string_view lines = "+-:_,#(", bulks = "$=!", lists = "*~>%|";
    const char kind = line.empty() ? ' ' : line[0];
    const auto size = parse_uint(line.empty() ? line : line.substr(1));
    const bool none = line.substr(line.empty() ? 0 : 1) == "-1";
    const bool of_size = bulks.find(kind) != std::string_view::npos || lists.find(kind) != std::string_view::npos;
    if ((!of_size && lines.find(kind) == std::string_view::npos) ||
        (of_size && !none && (!size || *size > kBulkMost))) {
      broken_ = true;
      return false;
    }
    if (items_ == 0) {
      running_ = kind == '-' ? std::string(line.substr(0, kWordKept)) : std::string(1, kind);
      items_ = 1;
    }
    if (of_size && !none) {
      if (bulks.find(kind) != std::string_view::npos) {
        skip_ = static_cast<size_t>(*size) + 2;
        return true;  // the element is whole when its bytes have passed
      }
      items_ += std::min(*size, kItemsMost) * (kind == '%' || kind == '|' ? 2 : 1);
    }
  }
  // What the server pushes, and attributes of the next reply, answer no command.
  if (--items_ == 0 && running_[0] != '>' && running_[0] != '|') reply = std::move(running_);
  return true;
}

}  // namespace plimsoll::network
