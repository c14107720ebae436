#include "server/policy_log.h"

#include "base/sha256.h"
#include "base/text.h"
#include "server/policy_versions.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

constexpr const char* setting = "policy.in-force";  // the hash of the version that was journalled last
constexpr size_t most_text = size_t{256} << 10;

}  // namespace

Status log_policy(journal::Journal& journal, const std::vector<std::pair<std::string, std::string>>& files,
                  Instant now) {
  Sha256 hash;
  size_t bytes = 0;
  for (const auto& [name, text] : files) {
    hash.update(std::to_string(name.size()) + ":" + name + std::to_string(text.size()) + ":" + text);
    bytes += text.size();
  }
  const std::string version = hash.hex();
  const Result<std::string> before = journal.setting(setting);
  if (before.ok() ? *before == version : files.empty()) return Done{};
  wire::JsonWriter body;
  body.begin_object().member("version", version).member("before", before.ok() ? *before : std::string());
  body.key("files").begin_array();
  for (const auto& [name, text] : files) {
    body.begin_object().member("name", name).member("sha256", sha256_hex(text));
    if (bytes <= most_text && is_utf8(text)) body.member("text", text);
    body.end_object();
  }
  body.end_array().end_object();
  journal::NewEvent event;
  event.kind = policy_changed;
  event.actor = "policy";
  event.body = std::move(body).take();
  event.at = now;
  const Result<journal::Recorded> written = journal.append({event});
  if (!written.ok()) return written.error();
  return journal.put_setting(setting, version);
}

}  // namespace plimsoll::server
