#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/stored_asset.h"

namespace plimsoll::server {
namespace {

constexpr size_t most_settings = 2000, most_depth = 12;

// A tree of settings as lines with dotted names. What is not there is left out; what is not known says why.
class Lines {
 public:
  explicit Lines(wire::JsonWriter& out) : out_(out) {}

  void add(const std::string& name, const FactTree& tree, const std::string& source, size_t depth = 0) {
    const std::string& from = tree.source.empty() ? source : tree.source;
    if (tree.kind == FactTree::Kind::absent || written_ >= most_settings || depth > most_depth) return;
    if (tree.kind == FactTree::Kind::map) {
      for (const auto& [key, member] : tree.members)
        add(name.empty() ? key : name + "." + key, member, from, depth + 1);
      return;
    }
    if (tree.kind == FactTree::Kind::list && !tree.items.empty() && tree.items.front().kind == FactTree::Kind::map) {
      for (size_t i = 0; i < tree.items.size(); ++i)
        add(fmt::format("{}[{}]", name, i), tree.items[i], from, depth + 1);
      return;
    }
    ++written_;
    out_.begin_object().member("name", name).key("value");
    write_value(tree);
    out_.member("source", from).member("unknown", tree.kind == FactTree::Kind::unknown ? tree.text : "").end_object();
  }

 private:
  void write_value(const FactTree& tree) {
    switch (tree.kind) {
      case FactTree::Kind::boolean:
        out_.value(tree.boolean);
        return;
      case FactTree::Kind::integer:
        out_.value(tree.integer);
        return;
      case FactTree::Kind::text:
        out_.value(tree.text);
        return;
      case FactTree::Kind::list:
        out_.begin_array();
        for (const FactTree& item : tree.items) write_value(item);
        out_.end_array();
        return;
      default:
        out_.null();
    }
  }

  wire::JsonWriter& out_;
  size_t written_ = 0;
};

std::string told(const FactTree& tree) {
  switch (tree.kind) {
    case FactTree::Kind::boolean:
      return tree.boolean ? "true" : "false";
    case FactTree::Kind::integer:
      return std::to_string(tree.integer);
    case FactTree::Kind::text:
      return tree.text;
    case FactTree::Kind::unknown:
      return "not known: " + tree.text;
    case FactTree::Kind::list: {
      std::vector<std::string> items;
      for (const FactTree& item : tree.items) items.push_back(told(item));
      std::sort(items.begin(), items.end());
      return join(items, " ");
    }
    default:
      return {};
  }
}

std::string user_of(const AssetReport& asset) {
  if (!asset.container) return {};
  const Fact<std::string>& user = asset.container->user_configured;
  return user.value ? *user.value : "not known: " + user.unknown;
}

// The ports that other machines reach and the image does not name.
std::string ports_beyond(const AssetReport& asset, const FactTree& exposed) {
  if (!asset.container || !asset.container->published.value) return {};
  std::vector<std::string> named, beyond;
  for (const FactTree& port : exposed.items) named.push_back(port.text);
  for (const PublishedPort& port : *asset.container->published.value) {
    std::string text = fmt::format("{}/{}", port.container_port, name_of(port.transport));
    const bool known = std::find(named.begin(), named.end(), text) != named.end();
    if (!known && std::find(beyond.begin(), beyond.end(), text) == beyond.end()) beyond.push_back(std::move(text));
  }
  return join(beyond, " ");
}

// What the container was started with in place of what its image says.
void write_differences(wire::JsonWriter& out, const AssetReport& asset, const FactTree& config) {
  const auto differs = [&](const char* name, const std::string& image, const std::string& here) {
    if (image == here) return;
    out.begin_object().member("name", name).member("image", image).member("asset", here).end_object();
  };
  differs("user", told(config.at("user")), user_of(asset));
  const FactTree& checked = asset.settings.at("container").at("health").at("configured");
  const bool of_image = config.at("healthcheck").kind == FactTree::Kind::text;
  if (checked.kind == FactTree::Kind::boolean)
    differs("health check", of_image ? "yes" : "no", checked.boolean ? "yes" : "no");
  if (const std::string beyond = ports_beyond(asset, config.at("exposed_ports")); !beyond.empty())
    differs("published ports", "not exposed", beyond);
}

// The image a container runs as its runtime tells of it; absent where it does not.
const FactTree& image_of(const AssetReport& asset) { return asset.settings.at("image"); }

}  // namespace

Response get_asset_configuration(Api& api, const Call& call) {
  const AssetId id{call.parameter("id")};
  PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), id));
  PLIMSOLL_OR_PROBLEM(stored, api.journal().stored_facts({id}));
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("asset", id.value);
  for (const char* name : {"container", "host", "hardware"}) out.key(name).document(asset.json(name));
  out.key("settings").begin_array();
  // Settings of one that is gone are no longer kept apart.
  if (!stored.assets.empty()) Lines(out).add("", stored.assets.front().settings, "");
  out.end_array().key("image").begin_object();
  const FactTree none;
  const FactTree& image = stored.assets.empty() ? none : image_of(stored.assets.front());
  const FactTree& config = image.at("config");
  const bool known = config.kind == FactTree::Kind::map;
  out.member("known", known).member("id", told(image.at("id"))).key("differences").begin_array();
  if (known) write_differences(out, stored.assets.front(), config);
  out.end_array().end_object().end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace plimsoll::server
