#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::network {

// The normalisation that detectors look through (docs/network.md): what servers and applications make of the text of a
// request before they use it. All of it is lenient, linear in time and bounded in size.

// %XX and %uXXXX (as UTF-8) are decoded once; in `form` text "+" is a blank. Overlong UTF-8 becomes what it stands for.
std::string percent_decoded(std::string_view text, bool form);
// \uXXXX and the other escapes of JSON strings.
std::string json_unescaped(std::string_view text);
// &#36; &#x24; and the five named entities of XML.
std::string xml_unescaped(std::string_view text);
// The path of a request's target: decoded once, "\" as "/", no "//", "." and "..", without ";parameters" and query.
std::string normal_path(std::string_view target);

struct Inflated {
  std::string text;
  bool bomb = false;  // cut at the bounds: 1 MiB, or 50 times what came in (but 64 KiB in any case)
};
// A body as its Content-Encoding says (gzip, deflate, at most two layers); unknown codings and damage: what could be
// read so far, or the bytes as they are.
Inflated decoded_body(std::string_view body, std::string_view content_encoding);
// UTF-16 text as UTF-8, recognised by its byte order mark or by `content_type`; else unchanged.
std::string in_utf8(std::string text, std::string_view content_type);

// `text` as an application may read it: as it is, percent-decoded once and twice, unescaped from JSON and XML. Those
// that differ only.
std::vector<std::string> readings(std::string_view text);

}  // namespace plimsoll::network
