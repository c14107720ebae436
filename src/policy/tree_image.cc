#include "policy/tree_image.h"

#include <utility>

#include "base/bytes.h"

namespace plimsoll::policy {
namespace {

constexpr int most_levels = 40;  // parse_yaml() stops before

void put(std::string& out, uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 0xffU);
}

void write(const YamlNode& node, std::string& out) {
  const bool scalar = node.kind == YamlNode::Kind::scalar;
  out += static_cast<char>(node.kind);
  out += static_cast<char>(node.quoted);
  put(out, static_cast<uint32_t>(node.line));
  put(out, static_cast<uint32_t>(node.column));
  put(out, static_cast<uint32_t>(scalar ? node.text.size() : node.items.size()));
  if (scalar) out += node.text;
  for (size_t i = 0; i < node.items.size(); ++i) {
    if (node.kind == YamlNode::Kind::map) write(node.keys[i], out);
    write(node.items[i], out);
  }
}

bool read(ByteReader& in, YamlNode& node, int level) {
  const auto kind = in.u8(), quoted = in.u8();
  const auto line = in.u32le(), column = in.u32le(), count = in.u32le();
  if (!count || *kind > static_cast<uint8_t>(YamlNode::Kind::map) || level > most_levels) return false;
  node.kind = static_cast<YamlNode::Kind>(*kind);
  node.quoted = *quoted != 0;
  node.line = static_cast<int>(*line);
  node.column = static_cast<int>(*column);
  if (node.kind == YamlNode::Kind::scalar) {
    const auto text = in.take(*count);
    if (text) node.text = *text;
    return text.has_value();
  }
  if (*count > in.remaining()) return false;
  const bool map = node.kind == YamlNode::Kind::map;
  node.items.resize(*count);
  if (map) node.keys.resize(*count);
  for (size_t i = 0; i < *count; ++i) {
    if (map && !read(in, node.keys[i], level + 1)) return false;
    if (!read(in, node.items[i], level + 1)) return false;
  }
  return true;
}

}  // namespace

std::string tree_image(const YamlNode& root) {
  std::string out;
  write(root, out);
  return out;
}

Result<YamlNode> tree_of_image(std::string_view image) {
  ByteReader in(image);
  YamlNode root;
  if (!read(in, root, 0) || in.remaining() != 0) return Error{ErrorKind::malformed, "not the image of a document"};
  return root;
}

}  // namespace plimsoll::policy
