#include "rootfs/image_json.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace plimsoll::rootfs {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr size_t most_layers = 1000;  // engines stop at 127
constexpr size_t most_items = 10000;

Error broken(std::string message) { return {ErrorKind::malformed, std::move(message)}; }

std::string text_at(const object& from, std::string_view key) {
  std::string_view out;
  return from[key].get_string().get(out) == simdjson::SUCCESS ? std::string(out) : std::string();
}

// A list of strings; anything else in it makes it malformed, no list at all is an empty one.
Result<std::vector<std::string>> texts_at(const object& from, std::string_view key, size_t most) {
  std::vector<std::string> out;
  array items;
  if (from[key].get_array().get(items) != simdjson::SUCCESS) return out;
  for (const element item : items) {
    std::string_view text;
    if (item.get_string().get(text) != simdjson::SUCCESS)
      return broken(fmt::format("\"{}\" is not a list of strings", key));
    if (out.size() == most) return Error{ErrorKind::limit, fmt::format("more than {} items in \"{}\"", most, key)};
    out.emplace_back(text);
  }
  return out;
}

BlobReference reference_of(const object& from) {
  BlobReference out;
  out.media_type = text_at(from, "mediaType");
  out.digest = text_at(from, "digest");
  object part;
  if (from["platform"].get_object().get(part) == simdjson::SUCCESS) {
    out.os = text_at(part, "os");
    out.architecture = text_at(part, "architecture");
    out.variant = text_at(part, "variant");
  }
  if (from["annotations"].get_object().get(part) == simdjson::SUCCESS) {
    for (const std::string_view key : {"io.containerd.image.name", "org.opencontainers.image.ref.name"}) {
      if (std::string name = text_at(part, key); !name.empty()) out.names.push_back(std::move(name));
    }
    out.attestation = text_at(part, "vnd.docker.reference.type") == "attestation-manifest";
  }
  return out;
}

Result<std::vector<BlobReference>> references_at(const object& from, std::string_view key, size_t most) {
  std::vector<BlobReference> out;
  array items;
  if (from[key].get_array().get(items) != simdjson::SUCCESS) return out;
  for (const element item : items) {
    object reference;
    if (item.get_object().get(reference) != simdjson::SUCCESS)
      return broken(fmt::format("\"{}\" is not a list of blobs", key));
    if (out.size() == most) return Error{ErrorKind::limit, fmt::format("more than {} items in \"{}\"", most, key)};
    out.push_back(reference_of(reference));
  }
  return out;
}

// Parses `json` and hands its outermost object or list to `read`; no exception of the library leaves here.
template <class Outer, class Read>
auto with_json(std::string_view json, Read read) -> decltype(read(std::declval<const Outer&>())) {
  simdjson::dom::parser parser;
  element root;
  const simdjson::padded_string padded(json);
  if (parser.parse(padded).get(root) != simdjson::SUCCESS) return broken("not valid JSON");
  Outer outer;
  if (root.get(outer) != simdjson::SUCCESS) return broken("JSON of another kind than expected");
  return read(outer);
}

}  // namespace

Result<std::vector<DockerImage>> parse_docker_manifest(std::string_view json) {
  return with_json<array>(json, [](const array& items) -> Result<std::vector<DockerImage>> {
    std::vector<DockerImage> out;
    for (const element item : items) {
      object image;
      if (item.get_object().get(image) != simdjson::SUCCESS) return broken("an item of the manifest is not an object");
      if (out.size() == most_items) return Error{ErrorKind::limit, fmt::format("more than {} images", most_items)};
      DockerImage& added = out.emplace_back();
      added.config = text_at(image, "Config");
      PLIMSOLL_TRY(layers, texts_at(image, "Layers", most_layers));
      PLIMSOLL_TRY(tags, texts_at(image, "RepoTags", most_items));
      added.layers = std::move(layers);
      added.tags = std::move(tags);
    }
    return out;
  });
}

Result<OciDocument> parse_oci_document(std::string_view json) {
  return with_json<object>(json, [](const object& root) -> Result<OciDocument> {
    OciDocument out;
    PLIMSOLL_TRY(manifests, references_at(root, "manifests", most_items));
    PLIMSOLL_TRY(layers, references_at(root, "layers", most_layers));
    out.manifests = std::move(manifests);
    out.layers = std::move(layers);
    object config;
    if (root["config"].get_object().get(config) == simdjson::SUCCESS) out.config = reference_of(config);
    return out;
  });
}

Result<ConfigDocument> parse_image_config(std::string_view json) {
  return with_json<object>(json, [](const object& root) -> Result<ConfigDocument> {
    ConfigDocument out;
    out.config.os = text_at(root, "os");
    out.config.architecture = text_at(root, "architecture");
    object part;
    if (root["config"].get_object().get(part) == simdjson::SUCCESS) {
      out.config.user = text_at(part, "User");
      object ports;
      if (part["ExposedPorts"].get_object().get(ports) == simdjson::SUCCESS) {
        for (const auto port : ports) {
          if (out.config.exposed_ports.size() < most_items) out.config.exposed_ports.emplace_back(port.key);
        }
      }
    }
    if (root["rootfs"].get_object().get(part) == simdjson::SUCCESS) {
      PLIMSOLL_TRY(diff_ids, texts_at(part, "diff_ids", most_layers));
      out.diff_ids = std::move(diff_ids);
    }
    return out;
  });
}

}  // namespace plimsoll::rootfs
