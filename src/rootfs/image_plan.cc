#include "rootfs/image_plan.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <optional>

#include "base/sha256.h"
#include "base/text.h"
#include "rootfs/archive_path.h"
#include "rootfs/image_json.h"

namespace plimsoll::rootfs {
namespace {

constexpr size_t path_depth = 32;
constexpr std::string_view sha256_mark = "sha256:";

bool is_hex(std::string_view text, size_t length) {
  return text.size() == length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "blobs/sha256/<hex>" for "sha256:<hex>" (OCI image-layout.md).
Result<std::string> member_of(std::string_view digest) {
  const size_t colon = digest.find(':');
  const std::string_view algorithm = digest.substr(0, colon);
  const std::string_view hex = colon == std::string_view::npos ? std::string_view() : digest.substr(colon + 1);
  const bool known = (algorithm == "sha256" && is_hex(hex, 64)) || (algorithm == "sha512" && is_hex(hex, 128));
  if (!known)
    return Error{ErrorKind::malformed, fmt::format("\"{}\" is not the digest of a blob", printable(digest, 160))};
  return fmt::format("blobs/{}/{}", algorithm, hex);
}

std::string expected_sha256(std::string_view member) {
  constexpr std::string_view home = "blobs/sha256/";
  if (!member.starts_with(home) || !is_hex(member.substr(home.size()), 64)) return {};
  return std::string(member.substr(home.size()));
}

Result<std::string> read_verified(const ReadMember& read, const std::string& member) {
  PLIMSOLL_TRY(bytes, read(member));
  const std::string expected = expected_sha256(member);
  if (!expected.empty() && sha256_hex(bytes) != expected) {
    return Error{ErrorKind::malformed, "the content does not fit its digest", member, "fetch the image again"};
  }
  return bytes;
}

bool is_tag(std::string_view which, std::string_view tag) {
  return tag == which || tag == fmt::format("{}:latest", which) || tag == fmt::format("docker.io/library/{}", which) ||
         tag == fmt::format("docker.io/library/{}:latest", which);
}

bool any_tag(std::string_view which, const std::vector<std::string>& tags) {
  return std::ranges::any_of(tags, [which](const std::string& tag) { return is_tag(which, tag); });
}

Error no_such_image(std::string_view which, std::vector<std::string> tags) {
  if (tags.size() > 20) tags.resize(20);
  for (std::string& tag : tags) tag = printable(tag, 200);
  return {ErrorKind::not_found,
          fmt::format("no image {} in it", printable(which, 200)),
          {},
          tags.empty() ? "it has no names; leave the name out" : "it holds: " + join(tags, ", ")};
}

// Reads the configuration and numbers the layers by its diff ids.
Status take_config(const ReadMember& read, const std::string& member, ImagePlan& plan) {
  PLIMSOLL_TRY(bytes, read_verified(read, member));
  auto parsed = parse_image_config(bytes);
  if (!parsed.ok()) return Error{parsed.error().kind, "image configuration: " + parsed.error().message};
  std::vector<std::string> tags = std::move(plan.config.tags);
  plan.config = std::move(parsed->config);
  plan.config.tags = std::move(tags);
  plan.config.digest = ImageDigest{std::string(sha256_mark) + sha256_hex(bytes)};
  if (parsed->diff_ids.size() == plan.layers.size()) {
    for (size_t i = 0; i < plan.layers.size(); ++i)
      plan.layers[i].digest = LayerDigest{printable(parsed->diff_ids[i], 160)};
  } else {
    plan.notes.push_back(
        {"layers of the image",
         fmt::format("the configuration names {} layers, the manifest {}", parsed->diff_ids.size(), plan.layers.size()),
         "fetch the image again"});
  }
  return Done{};
}

Result<ImagePlan> plan_docker(const ReadMember& read, std::string_view json, std::string_view which) {
  PLIMSOLL_TRY(images, parse_docker_manifest(json));
  if (images.empty()) return Error{ErrorKind::not_found, "it holds no image"};
  auto chosen = images.begin();
  if (!which.empty()) {
    chosen = std::ranges::find_if(images, [which](const DockerImage& image) { return any_tag(which, image.tags); });
  }
  if (chosen == images.end()) {
    std::vector<std::string> tags;
    for (const DockerImage& image : images) tags.insert(tags.end(), image.tags.begin(), image.tags.end());
    return no_such_image(which, std::move(tags));
  }
  ImagePlan plan;
  plan.config.tags = chosen->tags;
  for (const std::string& name : chosen->layers) {
    PLIMSOLL_TRY(member, clean_path(name, path_depth));
    const std::string sha256 = expected_sha256(member);
    const std::string digest = sha256.empty() ? printable(member, 160) : std::string(sha256_mark) + sha256;
    plan.layers.push_back({LayerDigest{digest}, member, sha256, {}});
  }
  PLIMSOLL_TRY(config, clean_path(chosen->config, path_depth));
  PLIMSOLL_CHECK(take_config(read, config, plan));
  return plan;
}

// The images of an index, those of nested indexes included.
class OciImages {
 public:
  OciImages(const ReadMember& read, std::string_view which) : read_(read), which_(which) {}

  struct Candidate {
    BlobReference reference;
    OciDocument manifest;
    std::vector<std::string> tags;
  };

  Status add(const OciDocument& index, const std::vector<std::string>& tags, int depth) {
    if (depth > 4) return Error{ErrorKind::limit, "image indexes nested too deep"};
    for (const BlobReference& reference : index.manifests) {
      if (reference.attestation || reference.architecture == "unknown") continue;
      std::vector<std::string> names = tags;
      names.insert(names.end(), reference.names.begin(), reference.names.end());
      all_names_.insert(all_names_.end(), reference.names.begin(), reference.names.end());
      if (depth == 0 && !which_.empty() && !any_tag(which_, names)) continue;
      PLIMSOLL_CHECK(add_one(reference, std::move(names), depth));
    }
    return Done{};
  }
  std::vector<Candidate>& candidates() { return candidates_; }
  const std::vector<std::string>& all_names() const { return all_names_; }
  const std::optional<Error>& unreadable() const { return unreadable_; }

 private:
  Status add_one(const BlobReference& reference, std::vector<std::string> names, int depth) {
    if (++documents_ > 1000) return Error{ErrorKind::limit, "an image index with more than 1000 manifests"};
    PLIMSOLL_TRY(member, member_of(reference.digest));
    const auto json = read_verified(read_, member);
    if (!json.ok()) {  // layouts often hold one platform of many
      if (!unreadable_ || json.error().kind != ErrorKind::not_found) unreadable_ = json.error();
      return Done{};
    }
    PLIMSOLL_TRY(document, parse_oci_document(*json));
    if (!document.manifests.empty()) return add(document, names, depth + 1);
    candidates_.push_back({reference, std::move(document), std::move(names)});
    return Done{};
  }

  const ReadMember& read_;
  std::string_view which_;
  std::vector<Candidate> candidates_;
  std::vector<std::string> all_names_;
  std::optional<Error> unreadable_;
  size_t documents_ = 0;
};

bool fits(const BlobReference& reference, std::string_view platform) {
  const std::string own = fmt::format("{}/{}", reference.os, reference.architecture);
  return platform == own || platform == fmt::format("{}/{}", own, reference.variant);
}

Result<OciImages::Candidate*> choose(std::vector<OciImages::Candidate>& candidates, std::string_view platform) {
  const std::string wanted = platform.empty() ? platform_of_this_machine() : std::string(platform);
  for (auto& candidate : candidates) {
    if (fits(candidate.reference, wanted)) return &candidate;
  }
  for (auto& candidate : candidates) {
    if (candidate.reference.architecture.empty()) return &candidate;
  }
  if (candidates.size() == 1 && platform.empty()) return candidates.data();
  std::vector<std::string> held;
  for (const auto& candidate : candidates) {
    held.push_back(printable(candidate.reference.os + "/" + candidate.reference.architecture, 80));
    if (held.size() == 20) break;
  }
  return Error{ErrorKind::not_found,
               fmt::format("no image for the platform {} in it", printable(wanted, 80)),
               {},
               "it holds: " + join(held, ", ")};
}

Result<ImagePlan> plan_oci(const ReadMember& read, std::string_view json, std::string_view which,
                           std::string_view platform) {
  PLIMSOLL_TRY(index, parse_oci_document(json));
  OciImages images(read, which);
  PLIMSOLL_CHECK(images.add(index, {}, 0));
  if (images.candidates().empty()) {
    if (images.unreadable()) return *images.unreadable();
    if (!which.empty()) return no_such_image(which, images.all_names());
    return Error{ErrorKind::not_found, "it holds no image"};
  }
  PLIMSOLL_TRY(chosen, choose(images.candidates(), platform));
  ImagePlan plan;
  plan.config.tags = chosen->tags;
  for (const BlobReference& layer : chosen->manifest.layers) {
    PLIMSOLL_TRY(member, member_of(layer.digest));
    plan.layers.push_back({LayerDigest{layer.digest}, member, expected_sha256(member), layer.media_type});
  }
  PLIMSOLL_TRY(config, member_of(chosen->manifest.config.digest));
  PLIMSOLL_CHECK(take_config(read, config, plan));
  return plan;
}

}  // namespace

std::string platform_of_this_machine() {
  struct Row {
    std::string_view kernel;
    std::string_view image;
  };
  constexpr Row rows[] = {{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "arm"},
                          {"armv6l", "arm"},   {"i686", "386"},      {"loongarch64", "loong64"}};
  utsname name{};
  if (::uname(&name) != 0) return "linux/amd64";
  const std::string_view machine = name.machine;
  for (const Row& row : rows) {
    if (row.kernel == machine) return fmt::format("linux/{}", row.image);
  }
  return fmt::format("linux/{}", machine);
}

Result<ImagePlan> plan_image(const ReadMember& read, std::string_view which, std::string_view platform) {
  const auto manifest = read("manifest.json");
  if (manifest.ok()) return plan_docker(read, *manifest, which);
  if (manifest.error().kind != ErrorKind::not_found) return manifest.error();
  const auto index = read("index.json");
  if (index.ok()) return plan_oci(read, *index, which, platform);
  if (index.error().kind != ErrorKind::not_found) return index.error();
  return Error{ErrorKind::unsupported,
               "neither manifest.json nor index.json is in it",
               {},
               "make it with `docker save`, `podman save` or as an OCI image layout"};
}

}  // namespace plimsoll::rootfs
