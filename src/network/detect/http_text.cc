#include "network/detect/http_text.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace plimsoll::network {
namespace {

constexpr size_t kInflatedMost = 1u << 20, kRatio = 50, kAlwaysAllowed = 64 * 1024;
constexpr int kLayers = 2;

void append_utf8(std::string& out, uint32_t code) {
  const auto byte = [&](uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | (code >> 6));
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3F));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

std::optional<uint32_t> hex_at(std::string_view text, size_t at, size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  const auto value = parse_uint(text.substr(at, digits), 16);
  return value ? std::optional(static_cast<uint32_t>(*value)) : std::nullopt;
}

// Two- and three-byte forms of ASCII characters, which old decoders took: C0 AF for "/".
std::string without_overlong(std::string text) {
  const auto is_next = [&](size_t i) { return i < text.size() && (static_cast<uint8_t>(text[i]) & 0xC0) == 0x80; };
  const auto low = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i]) & 0x3F); };
  size_t to = 0;
  for (size_t i = 0; i < text.size(); ++to) {
    const uint8_t lead = static_cast<uint8_t>(text[i]);
    if ((lead == 0xC0 || lead == 0xC1) && is_next(i + 1)) {
      text[to] = static_cast<char>(((lead & 1u) << 6) | low(i + 1));
      i += 2;
    } else if (lead == 0xE0 && is_next(i + 1) && is_next(i + 2) && low(i + 1) < 2) {
      text[to] = static_cast<char>((low(i + 1) << 6) | low(i + 2));
      i += 3;
    } else {
      text[to] = text[i++];
    }
  }
  text.resize(to);
  return text;
}

// One entity from the "&" at `at`; its length, 0 when it is none.
size_t append_entity(std::string_view text, size_t at, std::string& out) {
  constexpr size_t kLongest = 12;
  const size_t end = text.substr(0, std::min(text.size(), at + kLongest)).find(';', at);
  if (end == std::string_view::npos) return 0;
  const std::string_view name = text.substr(at + 1, end - at - 1);
  constexpr std::array<std::pair<std::string_view, char>, 5> named{
      {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [known, character] : named) {
    if (name != known) continue;
    out.push_back(character);
    return end + 1 - at;
  }
  if (name.size() < 2 || name[0] != '#') return 0;
  const bool hex = name[1] == 'x' || name[1] == 'X';
  const auto code = parse_uint(name.substr(hex ? 2 : 1), hex ? 16 : 10);
  if (!code || *code > 0x10FFFF) return 0;
  append_utf8(out, static_cast<uint32_t>(*code));
  return end + 1 - at;
}

Inflated inflated(std::string_view packed, int window_bits) {
  Inflated out;
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return out;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  const size_t most = std::min(kInflatedMost, std::max(kAlwaysAllowed, packed.size() * kRatio));
  std::array<char, 16 * 1024> piece{};
  int code = Z_OK;
  while (code == Z_OK && out.text.size() < most) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    code = inflate(&stream, Z_SYNC_FLUSH);
    const size_t made = piece.size() - stream.avail_out;
    if (made == 0) break;
    out.text.append(piece.data(), made);
  }
  out.bomb = code == Z_OK && out.text.size() >= most;
  inflateEnd(&stream);
  return out;
}

}  // namespace

std::string percent_decoded(std::string_view text, bool form) {
  std::string out;
  out.reserve(text.size());
  bool decoded = false;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '%') {
      const bool wide = i + 1 < text.size() && (text[i + 1] == 'u' || text[i + 1] == 'U');
      if (const auto code = wide ? hex_at(text, i + 2, 4) : hex_at(text, i + 1, 2)) {
        decoded = true;
        if (wide) {
          append_utf8(out, *code);
        } else {
          out.push_back(static_cast<char>(*code));
        }
        i += wide ? 6 : 3;
        continue;
      }
    }
    out.push_back(form && text[i] == '+' ? ' ' : text[i]);
    ++i;
  }
  return decoded ? without_overlong(std::move(out)) : out;
}

std::string json_unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out.push_back(text[i]);
      continue;
    }
    const char escape = text[++i];
    if (escape == 'u') {
      if (const auto code = hex_at(text, i + 1, 4)) {
        append_utf8(out, *code);
        i += 4;
        continue;
      }
    }
    constexpr std::string_view from = "nrtbf", to = "\n\r\t\b\f";
    const size_t known = from.find(escape);
    out.push_back(known == std::string_view::npos ? escape : to[known]);
  }
  return out;
}

std::string xml_unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t length = text[i] == '&' ? append_entity(text, i, out) : 0;
    if (length == 0) out.push_back(text[i]);
    i += std::max<size_t>(length, 1);
  }
  return out;
}

std::string normal_path(std::string_view target) {
  // "http://host/path", as proxies are asked, has its path behind the host.
  if (const size_t scheme = target.find("://"); scheme != std::string_view::npos && scheme < 8) {
    const size_t slash = target.find('/', scheme + 3);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  std::string path = percent_decoded(target.substr(0, target.find_first_of("?#")), false);
  std::replace(path.begin(), path.end(), '\\', '/');
  std::vector<std::string_view> kept;
  for (std::string_view part : split(path, '/')) {
    part = part.substr(0, part.find(';'));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else {
      kept.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : kept) out.append("/").append(part);
  return out.empty() ? "/" : out;
}

Inflated decoded_body(std::string_view body, std::string_view content_encoding) {
  Inflated out{std::string(body), false};
  std::vector<std::string_view> codings = split(content_encoding, ',');
  int layers = 0;
  for (auto coding = codings.rbegin(); coding != codings.rend() && layers < kLayers; ++coding) {
    const std::string name = lower(trim(*coding));
    if (name != "gzip" && name != "x-gzip" && name != "deflate") continue;
    ++layers;
    constexpr int either = 15 + 32, bare = -15;  // zlib's window bits: gzip or zlib by its head; neither
    Inflated next = inflated(out.text, either);
    if (next.text.empty() && name == "deflate") next = inflated(out.text, bare);
    if (next.text.empty()) break;
    next.bomb = next.bomb || out.bomb;
    out = std::move(next);
  }
  return out;
}

std::string in_utf8(std::string text, std::string_view content_type) {
  const std::string type = lower(content_type);
  const auto begins = [&](std::string_view mark) { return text.compare(0, mark.size(), mark) == 0; };
  const bool named = type.find("utf-16") != std::string::npos;
  const bool big = begins("\xFE\xFF") || (named && type.find("utf-16le") == std::string::npos && !begins("\xFF\xFE"));
  if (!named && !big && !begins("\xFF\xFE")) return text;
  std::string out;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    const uint32_t a = static_cast<uint8_t>(text[i]), b = static_cast<uint8_t>(text[i + 1]);
    append_utf8(out, big ? (a << 8) | b : (b << 8) | a);
  }
  return out;
}

std::vector<std::string> readings(std::string_view text) {
  std::vector<std::string> out{std::string(text)};
  const auto add = [&](std::string reading) {
    if (std::find(out.begin(), out.end(), reading) == out.end()) out.push_back(std::move(reading));
  };
  if (text.find('%') != std::string_view::npos || text.find('+') != std::string_view::npos) {
    add(percent_decoded(text, true));
    add(percent_decoded(out.back(), true));
  }
  const size_t decoded = out.size();
  for (size_t i = 0; i < decoded; ++i) {
    if (out[i].find('\\') != std::string::npos) add(json_unescaped(out[i]));
    if (out[i].find('&') != std::string::npos) add(xml_unescaped(out[i]));
  }
  return out;
}

}  // namespace plimsoll::network
