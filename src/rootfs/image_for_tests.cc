#include "rootfs/image_for_tests.h"

#include <zstd.h>

#include "base/deflate_for_tests.h"
#include "base/sha256.h"
#include "rootfs/tar_for_tests.h"

namespace plimsoll::rootfs {
namespace {

std::string blob_path(std::string_view bytes) { return "blobs/sha256/" + sha256_hex(bytes); }

std::string reference(std::string_view type, std::string_view bytes, const std::string& more = {}) {
  return "{\"mediaType\":\"" + std::string(type) + "\",\"digest\":\"sha256:" + sha256_hex(bytes) +
         "\",\"size\":" + std::to_string(bytes.size()) + more + "}";
}

}  // namespace

std::string gzip(std::string_view bytes, int level) { return deflated(bytes, gzip_window, level); }

std::string zstd(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

std::string image_config(const std::vector<std::string>& plain_layers, std::string_view architecture) {
  std::string ids;
  for (const std::string& layer : plain_layers)
    ids += (ids.empty() ? "\"sha256:" : ",\"sha256:") + sha256_hex(layer) + "\"";
  return "{\"os\":\"linux\",\"architecture\":\"" + std::string(architecture) +
         "\",\"config\":{\"User\":\"app\",\"ExposedPorts\":{\"80/"
         "tcp\":{}}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" +
         ids + "]}}";
}

Files classic_archive(const std::vector<std::string>& layers) {
  Files out;
  std::string names;
  for (size_t i = layers.size(); i-- > 0;) {  // in no helpful order
    const std::string id = "layer" + std::to_string(i);
    out.emplace_back(id + "/VERSION", "1.0");
    out.emplace_back(id + "/json", "{\"id\":\"x\"}");
    out.emplace_back(id + "/layer.tar", layers[i]);
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    names += (i == 0 ? "\"layer" : ",\"layer") + std::to_string(i) + "/layer.tar\"";
  }
  out.emplace_back("config.json", image_config(layers));
  out.emplace_back("manifest.json",
                   "[{\"Config\":\"config.json\",\"RepoTags\":[\"shop/web:1\"],\"Layers\":[" + names + "]}]");
  return out;
}

Files oci_layout(const std::vector<std::string>& layers, const std::vector<std::string>& plain) {
  Files out;
  std::string references;
  for (const std::string& layer : layers) {
    out.emplace_back(blob_path(layer), layer);
    references += (references.empty() ? "" : ",") + reference("application/vnd.oci.image.layer.v1.tar", layer);
  }
  const std::string config = image_config(plain);
  const std::string manifest =
      "{\"schemaVersion\":2,\"config\":" + reference("application/vnd.oci.image.config.v1+json", config) +
      ",\"layers\":[" + references + "]}";
  out.emplace_back(blob_path(config), config);
  out.emplace_back(blob_path(manifest), manifest);
  out.emplace_back("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
  out.emplace_back("index.json",
                   "{\"schemaVersion\":2,\"manifests\":[" +
                       reference("application/vnd.oci.image.manifest.v1+json", manifest,
                                 ",\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/web:1\"}") +
                       "]}");
  return out;
}

Files modern_archive(const std::vector<std::string>& layers, const std::vector<std::string>& plain) {
  Files out = oci_layout(layers, plain);
  std::string names;
  for (const std::string& layer : layers) names += (names.empty() ? "\"" : ",\"") + blob_path(layer) + "\"";
  out.emplace_back("manifest.json", "[{\"Config\":\"" + blob_path(image_config(plain)) +
                                        "\",\"RepoTags\":[\"web:1\"],\"Layers\":[" + names + "]}]");
  return out;
}

std::string tar_of(const Files& files) {
  TarWriter tar;
  for (const auto& [path, content] : files) tar.file(path, content);
  return tar.finish();
}

}  // namespace plimsoll::rootfs
