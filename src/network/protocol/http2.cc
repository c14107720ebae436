// HTTP/2 (RFC 9113): the client's preface and SETTINGS, the server's SETTINGS; the first request's headers tell gRPC
// and etcd, the first answer's the software.
#include "network/protocol/fields.h"
#include "network/protocol/hpack.h"
#include "network/protocol/recognisers.h"
#include "network/protocol/software.h"

namespace plimsoll::network {
namespace {

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr size_t frame_header = 9;
constexpr uint8_t headers_type = 1, settings_type = 4, continuation_type = 9, push_promise_type = 5;
constexpr uint8_t padded = 0x08, with_priority = 0x20, end_headers = 0x04;

struct FirstHeaders {
  bool broken = false;
  std::vector<HeaderField> fields;  // empty: they did not come yet
};

// The header block of the first HEADERS frame. A block that goes on in CONTINUATION frames is left alone.
FirstHeaders first_headers(std::string_view frames) {
  for (int count = 0; count < 64 && frames.size() >= frame_header; ++count) {
    const uint64_t length = *be(frames, 0, 3);
    const uint8_t type = u8(frames, 3), flags = u8(frames, 4);
    if (type == push_promise_type || type == continuation_type) return {true, {}};
    if (frames.size() < frame_header + length) return {length > 16'384, {}};
    std::string_view body = frames.substr(frame_header, length);
    frames.remove_prefix(frame_header + length);
    if (type != headers_type) continue;
    if ((flags & end_headers) == 0) return {true, {}};
    if ((flags & padded) != 0) {
      const size_t padding = u8(body, 0);
      if (body.size() < 1 + padding) return {true, {}};
      body = body.substr(1, body.size() - 1 - padding);
    }
    if ((flags & with_priority) != 0) {
      if (body.size() < 5) return {true, {}};
      body.remove_prefix(5);
    }
    Hpack hpack;
    auto fields = hpack.decode(body);
    if (!fields) return {true, {}};
    return {fields->empty(), std::move(*fields)};
  }
  return {};
}

std::string_view field(const FirstHeaders& headers, std::string_view name) {
  for (const HeaderField& one : headers.fields) {
    if (one.name == name) return one.value;
  }
  return {};
}

bool is_etcd(std::string_view path) {
  return path.starts_with("/etcdserverpb.") || path.starts_with("/v3lockpb.") || path.starts_with("/v3electionpb.");
}

}  // namespace

Verdict look_http2(const Heads& heads, Identity& identity) {
  // The server's SETTINGS may come first.
  if (heads.client.empty())
    return heads.server.size() >= 4 && u8(heads.server, 3) != settings_type ? Verdict::no : Verdict::more;
  if (const Verdict verdict = begins_with(heads.client, preface); verdict != Verdict::likely) return verdict;
  const std::string_view frames = heads.client.substr(preface.size());
  if (frames.size() >= 4 && u8(frames, 3) != settings_type) return Verdict::no;
  if (heads.server.size() >= 4 && u8(heads.server, 3) != settings_type) return Verdict::no;
  identity.application = "HTTP/2";
  identity.version = "2";
  const FirstHeaders request = first_headers(frames);
  if (request.fields.empty() && !request.broken) return Verdict::likely;
  if (field(request, "content-type").starts_with("application/grpc")) identity.application = "gRPC";
  if (is_etcd(field(request, ":path"))) {
    identity.application = "etcd";
    identity.software = "etcd";
  }
  identity.server_name = without_port(field(request, ":authority"));
  if (heads.server.size() < 4) return Verdict::likely;
  const FirstHeaders answer = first_headers(heads.server);
  identity.awaits_details = answer.fields.empty() && !answer.broken;
  if (identity.software.empty()) read_software(field(answer, "server"), identity);
  return Verdict::sure;
}

}  // namespace plimsoll::network
