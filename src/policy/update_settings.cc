#include "policy/update_settings.h"

#include <fmt/format.h>

#include <variant>

#include "base/text.h"
#include "policy/number.h"

namespace plimsoll::policy {
namespace {

constexpr std::string_view kRedirectHosts = "redirect_hosts";
constexpr size_t kMaxHosts = 100, kMaxText = 2000;

struct Setting {
  std::string_view name;
  std::variant<std::string UpdatePolicy::*, double UpdatePolicy::*, int UpdatePolicy::*> field;
  double low = 0, high = 1;
};

const std::vector<Setting>& settings() {
  using P = UpdatePolicy;
  static const std::vector<Setting> all = {
      {"osv", &P::osv},
      {"kev", &P::kev},
      {"epss", &P::epss},
      {"cvss", &P::cvss},
      {"nvd", &P::nvd},
      {"ca_file", &P::ca_file},
      {"max_loss", &P::max_loss, 0, 1},
      {"single_records", &P::single_records, 0, 100000},
      {"attempts", &P::attempts, 1, 20},
      {"first_wait_seconds", &P::first_wait_seconds, 0, 60},
      {"stall_seconds", &P::stall_seconds, 1, 3600},
      {"slowest_bytes_a_second", &P::slowest_bytes_a_second, 1, 1e9},
      {"max_minutes", &P::max_minutes, 1, 10000},
      {"max_megabytes", &P::max_megabytes, 1, 1e6},
      {"kilobytes_a_second", &P::kilobytes_a_second, 0, 1e9},
      {"nvd_pause_seconds", &P::nvd_pause_seconds, 0, 600},
  };
  return all;
}

std::vector<std::string> names() {
  std::vector<std::string> out{std::string(kRedirectHosts)};
  for (const Setting& setting : settings()) out.emplace_back(setting.name);
  return out;
}

// Text without blanks and control characters, as URLs, hosts and paths are.
bool is_plain(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::scalar || node.text.size() > kMaxText) return false;
  for (const char c : node.text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return false;
  }
  return true;
}

void read_text(const YamlNode& node, const Setting& setting, std::string& into, Faults& faults) {
  if (!is_plain(node)) {
    faults.add(node, fmt::format("{}.{} must be text without blanks; write \"\" for none", updates_key, setting.name));
  } else {
    into = node.text;
  }
}

void read_setting(const YamlNode& node, const Setting& setting, UpdatePolicy& policy, Faults& faults) {
  if (const auto* text = std::get_if<std::string UpdatePolicy::*>(&setting.field)) {
    return read_text(node, setting, policy.**text, faults);
  }
  const auto* whole = std::get_if<int UpdatePolicy::*>(&setting.field);
  const std::string path = fmt::format("{}.{}", updates_key, setting.name);
  const auto value = number_in(node, path, setting.low, setting.high, whole != nullptr, faults);
  if (!value) return;
  if (whole != nullptr) {
    policy.** whole = static_cast<int>(*value);
  } else {
    policy.*std::get<double UpdatePolicy::*>(setting.field) = *value;
  }
}

void read_hosts(const YamlNode& node, UpdatePolicy& policy, Faults& faults) {
  policy.redirect_hosts.clear();
  for (const YamlNode* item : elements(node, kRedirectHosts, faults)) {
    if (!is_plain(*item) || item->text.empty() || item->text.find('/') != std::string::npos) {
      faults.add(*item, "a host is a name such as mirror.example.org, without scheme and path");
    } else if (policy.redirect_hosts.size() < kMaxHosts) {
      policy.redirect_hosts.push_back(lower(item->text));
    } else {
      return faults.add(*item, fmt::format("more than {} hosts; remove some", kMaxHosts));
    }
  }
}

}  // namespace

void read_updates(const YamlNode& document, UpdatePolicy& policy, Faults& faults) {
  const YamlNode* updates = child(document, updates_key);
  if (updates == nullptr) return;
  const MapReader map(*updates, names(), updates_key, faults);
  if (const YamlNode* hosts = map.find(kRedirectHosts)) read_hosts(*hosts, policy, faults);
  for (const Setting& setting : settings()) {
    if (const YamlNode* value = map.find(setting.name)) read_setting(*value, setting, policy, faults);
  }
}

std::vector<std::string_view> update_settings_absent(const YamlNode& document) {
  std::vector<std::string_view> absent;
  const YamlNode* updates = child(document, updates_key);
  const auto given = [&](std::string_view name) { return updates != nullptr && child(*updates, name) != nullptr; };
  for (const Setting& setting : settings()) {
    if (!given(setting.name)) absent.push_back(setting.name);
  }
  if (!given(kRedirectHosts)) absent.push_back(kRedirectHosts);
  return absent;
}

}  // namespace plimsoll::policy
