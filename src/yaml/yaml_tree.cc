#include "yaml/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/text.h"

// The only file that knows yaml-cpp. Its event interface is used, not its node graph: aliases (and with them the bombs
// that expand them) are refused at the event, before anything is built.

namespace plimsoll {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 20;
constexpr size_t kMaxDepth = 32;
constexpr size_t kMaxNodes = 100'000;

struct Refused {
  int line, column;
  std::string why;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(YamlTags tags) : tags_(tags) {}
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second document begins here; keep one document in a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    leaf(mark, "", anchor, YamlNode::Kind::null, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (*name) are not used here; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    leaf(mark, tag, anchor, YamlNode::Kind::scalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back(make(mark, tag, anchor, YamlNode::Kind::sequence));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back(make(mark, tag, anchor, YamlNode::Kind::map));
  }
  void OnMapEnd() override { close(); }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    refuse(mark, "anchors (&name) are not used here; write the value out");
  }

  YamlNode root;

 private:
  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string why) {
    throw Refused{std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1, std::move(why)};
  }

  YamlNode make(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (anchor != 0) refuse(mark, "anchors (&name) are not used here; write the value out");
    const bool named = !tag.empty() && tag != "?" && tag != "!";
    if (named && tags_ == YamlTags::refused) refuse(mark, "tags (!name) are not used here; write the plain value");
    if (++nodes_ > kMaxNodes) refuse(mark, fmt::format("more than {} values; split or shorten the file", kMaxNodes));
    if (open_.size() >= kMaxDepth) refuse(mark, fmt::format("nested deeper than {} levels", kMaxDepth));
    YamlNode node;
    node.kind = kind;
    node.quoted = tag == "!";
    if (named) node.tag = tag;
    node.line = std::max(mark.line, 0) + 1;
    node.column = std::max(mark.column, 0) + 1;
    return node;
  }

  void leaf(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind,
            std::string text) {
    YamlNode node = make(mark, tag, anchor, kind);
    node.text = std::move(text);
    place(std::move(node));
  }

  void close() {
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    place(std::move(node));
  }

  void place(YamlNode node) {
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    YamlNode& parent = open_.back();
    const bool is_key = parent.kind == YamlNode::Kind::map && parent.keys.size() == parent.items.size();
    (is_key ? parent.keys : parent.items).push_back(std::move(node));
  }

  YamlTags tags_;
  std::vector<YamlNode> open_;
  size_t nodes_ = 0;
  int documents_ = 0;
};

Error malformed(const std::string& file, int line, int column, std::string_view why) {
  return {ErrorKind::malformed, fmt::format("{}:{}:{}: {}", printable(file, 256), line, column, why)};
}

}  // namespace

Result<YamlNode> parse_yaml(std::string_view text, const std::string& file_name, YamlTags tags) {
  if (text.size() > kMaxBytes) {
    return Error{ErrorKind::limit,
                 fmt::format("{}:1:1: larger than {} bytes; shorten the file", printable(file_name, 256), kMaxBytes)};
  }
  if (!is_utf8(text)) return malformed(file_name, 1, 1, "not UTF-8; save the file as UTF-8");
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    TreeBuilder builder(tags);
    while (parser.HandleNextDocument(builder)) {
    }
    return std::move(builder.root);
  } catch (const Refused& refused) {
    return malformed(file_name, refused.line, refused.column, refused.why);
  } catch (const YAML::Exception& e) {
    return malformed(file_name, std::max(e.mark.line, 0) + 1, std::max(e.mark.column, 0) + 1,
                     fmt::format("not valid YAML: {}", printable(e.msg, 200)));
  } catch (const std::exception& e) {
    return malformed(file_name, 1, 1, fmt::format("not valid YAML: {}", printable(e.what(), 200)));
  }
}

const YamlNode* child(const YamlNode& map, std::string_view key) {
  if (map.kind != YamlNode::Kind::map) return nullptr;
  for (size_t i = 0; i < map.keys.size() && i < map.items.size(); ++i) {
    if (map.keys[i].text == key) return &map.items[i];
  }
  return nullptr;
}

}  // namespace plimsoll
