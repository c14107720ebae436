#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rootfs/tree.h"

namespace plimsoll::rootfs {

// manifest.json of `docker save`: one item an image.
struct DockerImage {
  std::string config;  // member names
  std::vector<std::string> layers;
  std::vector<std::string> tags;
};
Result<std::vector<DockerImage>> parse_docker_manifest(std::string_view json);

// A reference to a blob (OCI image spec 1.1, descriptor.md).
struct BlobReference {
  std::string media_type;
  std::string digest;
  std::string os, architecture, variant;  // platform; empty when not said
  std::vector<std::string> names;         // of the annotations that carry a tag
  bool attestation = false;               // a statement about another image, not an image
};

// An image index or a manifest: both lie under application/json with nothing but their fields to tell them apart.
struct OciDocument {
  std::vector<BlobReference> manifests;  // of an index
  BlobReference config;                  // of a manifest
  std::vector<BlobReference> layers;
};
Result<OciDocument> parse_oci_document(std::string_view json);

// The image configuration: `tags` and `digest` stay empty.
struct ConfigDocument {
  ImageConfig config;
  std::vector<std::string> diff_ids;
};
Result<ConfigDocument> parse_image_config(std::string_view json);

}  // namespace plimsoll::rootfs
