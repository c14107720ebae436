#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::rootfs {

std::string gzip(std::string_view bytes, int level = 6);
std::string zstd(std::string_view bytes);

using Files = std::vector<std::pair<std::string, std::string>>;

// Parts of an image named as engines name them.
std::string image_config(const std::vector<std::string>& plain_layers, std::string_view architecture = "amd64");
// `docker save` of Docker 20: <n>/layer.tar, config, and manifest.json last.
Files classic_archive(const std::vector<std::string>& layers);
// The blobs, index.json and oci-layout of an OCI layout; `layers` as stored, `plain` uncompressed.
Files oci_layout(const std::vector<std::string>& layers, const std::vector<std::string>& plain);
// The same with manifest.json, as Docker 25 and later save.
Files modern_archive(const std::vector<std::string>& layers, const std::vector<std::string>& plain);

std::string tar_of(const Files& files);

}  // namespace plimsoll::rootfs
