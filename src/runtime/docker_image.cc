#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "runtime/docker_session.h"
#include "runtime/json_reply.h"
#include "runtime/runtime.h"
#include "system/http_stream.h"

namespace plimsoll::runtime {
namespace {

constexpr size_t inspect_limit = size_t{16} << 20;

// A reference becomes part of a request's path: only what references are made of, no way up, no query.
// (https://github.com/distribution/reference, "Grammar"; or an image id.)
bool is_reference(std::string_view text) {
  if (text.empty() || text.size() > 512 || text.find("..") != std::string_view::npos) return false;
  const auto alnum = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return alnum(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
           return alnum(c) || std::string_view("._-/:@").find(c) != std::string_view::npos;
         });
}

Result<rootfs::ImageConfig> read_config(std::string_view body, const std::string& what) {
  PLIMSOLL_TRY(reply, JsonReply::parse(body, what));
  const Json inspect = reply.root();
  const auto id = text_at(inspect, {"Id"});
  if (!id) return wrong_shape(what);
  rootfs::ImageConfig config;
  config.digest.value = *id;
  config.os = text_at(inspect, {"Os"}).value_or("");
  config.architecture = text_at(inspect, {"Architecture"}).value_or("");
  config.user = text_at(inspect, {"Config", "User"}).value_or("");
  if (const auto tags = array_at(inspect, {"RepoTags"})) {
    for (const Json tag : *tags) {
      std::string_view text;
      if (tag.get(text) == simdjson::SUCCESS) config.tags.emplace_back(text);
    }
  }
  if (const auto ports = object_at(inspect, {"Config", "ExposedPorts"})) {
    for (const auto port : *ports) config.exposed_ports.emplace_back(port.key);
  }
  return config;
}

}  // namespace

Result<ImageStream> docker_image(const std::string& socket, const std::string& reference) {
  if (!is_reference(reference)) {
    return Error{ErrorKind::malformed, "not an image reference: " + printable(reference, 200), "",
                 "write it as NAME[:TAG]"};
  }
  const auto machine = system::this_machine();
  DockerSession session(*machine, socket);
  PLIMSOLL_TRY(version, session.agree_on_version());
  const std::string target = "/images/" + reference;
  PLIMSOLL_TRY(inspected, session.get(target + "/json", inspect_limit));
  PLIMSOLL_TRY(config, read_config(inspected, "GET " + target + "/json"));
  PLIMSOLL_TRY(stream, system::stream_over_unix(socket, session.prefix() + target + "/get"));
  return ImageStream{std::move(config), std::move(stream)};
}

}  // namespace plimsoll::runtime
