#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "notify/settings_reader.h"

namespace plimsoll::notify {
namespace {

// What each kind takes.
struct KindRow {
  std::string_view name;
  std::vector<std::string> keys;     // beside kind
  std::vector<std::string> schemes;  // of its url; the first ones are with TLS
  std::string_view example;
};

const std::array<KindRow, 7>& kinds() {
  static const std::array<KindRow, 7> all{{
      {"webhook",
       {"url", "url_file", "secret_file", "bearer_file", "ca_file", "plaintext"},
       {"https", "http"},
       "https://hooks.example/plimsoll"},
      {"slack", {"url", "url_file", "ca_file", "plaintext"}, {"https", "http"}, "https://hooks.slack.com/services/..."},
      {"teams",
       {"url", "url_file", "ca_file", "plaintext"},
       {"https", "http"},
       "https://example.webhook.office.com/..."},
      {"alertmanager",
       {"url", "bearer_file", "user", "password_file", "ca_file", "plaintext"},
       {"https", "http"},
       "https://alertmanager.example:9093"},
      {"email",
       {"url", "user", "password_file", "from", "to", "ca_file", "plaintext"},
       {"smtps", "smtp"},
       "smtps://mail.example or smtp://mail.example:587 (STARTTLS)"},
      {"syslog", {"url", "ca_file", "plaintext"}, {"tls", "tcp", "udp"}, "tls://log.example:6514"},
      {"directory", {"path"}, {}, ""},
  }};
  return all;
}

// smtp:// is made safe by STARTTLS; it is plain only when `plaintext` says so.
bool is_safe(const Address& address) {
  return address.scheme == "https" || address.scheme == "smtps" || address.scheme == "smtp" ||
         address.scheme == "tls" || is_loopback(address.host);
}

void read_address(const YamlNode& node, const KindRow& kind, Receiver& out, policy::Faults& faults) {
  out.address = parse_address(node.text);
  if (!out.address || std::find(kind.schemes.begin(), kind.schemes.end(), out.address->scheme) == kind.schemes.end()) {
    out.address.reset();
    return faults.add(
        node, fmt::format("url must be an address as {}; names and secrets have settings of their own", kind.example));
  }
  if (out.kind == ReceiverKind::syslog && out.address->port == 0)
    faults.add(node, fmt::format("url lacks the port; write it as {}", kind.example));
  if (!out.plaintext && !is_safe(*out.address))
    faults.add(node,
               fmt::format("{}:// sends everything in the clear; write {}://, or plaintext: true if that is meant",
                           out.address->scheme, kind.schemes.front()));
}

bool is_mailbox(std::string_view text) {
  const size_t at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 254 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c > ' ' && c < '\x7f' && std::string_view("<>()[],;:\\\"").find(c) == std::string_view::npos;
         });
}

void check_mailbox(const YamlNode& node, const std::string& text, policy::Faults& faults) {
  if (!text.empty() && !is_mailbox(text))
    faults.add(node, fmt::format("\"{}\" is no mail address; write one as ops@example.org, without a name",
                                 printable(text, 80)));
}

bool read_truth(const YamlNode& node, std::string_view what, policy::Faults& faults) {
  if (node.text != "true" && node.text != "false") faults.add(node, fmt::format("{} is true or false", what));
  return node.text == "true";
}

void read_files(const policy::MapReader& map, Receiver& out, policy::Faults& faults) {
  const std::array<std::pair<const char*, std::string*>, 5> files{{{"url_file", &out.url_file},
                                                                   {"secret_file", &out.secret_file},
                                                                   {"bearer_file", &out.bearer_file},
                                                                   {"password_file", &out.password_file},
                                                                   {"ca_file", &out.ca_file}}};
  for (const auto& [key, file] : files) {
    if (const YamlNode* value = map.find(key)) *file = read_path(*value, key, faults);
  }
}

void read_mail(const YamlNode& node, policy::MapReader& map, Receiver& out, policy::Faults& faults) {
  if (const YamlNode* from = map.require("from")) {
    out.from = read_line(*from, "from", faults);
    check_mailbox(*from, out.from, faults);
  }
  if (const YamlNode* to = map.require("to")) {
    out.to = read_texts(*to, "to", faults);
    for (const std::string& each : out.to) check_mailbox(*to, each, faults);
  }
  if (out.user.empty() != out.password_file.empty()) faults.add(node, "user and password_file go together");
}

const KindRow* read_kind(const YamlNode& node, policy::Faults& faults, Receiver& out) {
  const YamlNode* given = child(node, "kind");
  std::vector<std::string> names;
  for (const KindRow& row : kinds()) names.emplace_back(row.name);
  if (given == nullptr) {
    faults.add(node, fmt::format("the receiver {} lacks \"kind\"; it is one of {}", out.name, join(names, ", ")));
    return nullptr;
  }
  const auto found = std::find(names.begin(), names.end(), given->text);
  if (found == names.end()) {
    faults.add(*given, fmt::format("kind is one of {}", join(names, ", ")));
    return nullptr;
  }
  const auto at = static_cast<size_t>(found - names.begin());
  out.kind = static_cast<ReceiverKind>(at);
  return &kinds()[at];
}

}  // namespace

std::string_view name_of(ReceiverKind kind) { return kinds()[static_cast<size_t>(kind)].name; }

Receiver read_receiver(const std::string& name, const YamlNode& node, policy::Faults& faults) {
  Receiver out;
  out.name = name;
  const KindRow* kind = read_kind(node, faults, out);
  if (kind == nullptr) return out;
  std::vector<std::string> keys = kind->keys;
  keys.emplace_back("kind");
  policy::MapReader map(node, std::move(keys), fmt::format("the {} {}", kind->name, name), faults);
  if (const YamlNode* plaintext = map.find("plaintext")) out.plaintext = read_truth(*plaintext, "plaintext", faults);
  if (const YamlNode* user = map.find("user")) out.user = read_line(*user, "user", faults);
  read_files(map, out, faults);
  if (out.kind == ReceiverKind::directory) {
    if (const YamlNode* path = map.require("path")) out.path = read_path(*path, "path", faults);
    return out;
  }
  const YamlNode* url = out.url_file.empty() ? map.require("url") : map.find("url");
  if (url != nullptr && !out.url_file.empty()) faults.add(*url, "url and url_file exclude each other; keep one");
  if (url != nullptr) read_address(*url, *kind, out, faults);
  if (out.kind == ReceiverKind::email) read_mail(node, map, out, faults);
  return out;
}

SignOn read_sign_on(const YamlNode& node, policy::Faults& faults) {
  policy::MapReader map(node,
                        {"label", "issuer", "client_id", "client_secret_file", "ca_file", "redirect", "scopes",
                         "name_claim", "roles_claim", "roles", "default_role"},
                        "sign_on", faults);
  SignOn out;
  const auto line = [&](const char* key, std::string& into) {
    if (const YamlNode* value = map.find(key)) into = read_line(*value, key, faults);
  };
  const std::vector<std::string> roles{"viewer", "operator", "admin"};
  const auto is_role = [&](const std::string& text) {
    return std::find(roles.begin(), roles.end(), text) != roles.end();
  };
  if (const YamlNode* issuer = map.require("issuer")) {
    const auto address = parse_address(issuer->text);
    if (!address || address->scheme != "https" || address->rest.find('?') != std::string::npos)
      faults.add(*issuer, "issuer is the provider's https address, as https://id.example/realms/main");
    out.issuer = issuer->text;
  }
  out.client_id = map.text("client_id");
  line("label", out.label);
  if (out.label.empty()) out.label = "single sign-on";
  for (const auto& [key, into] :
       {std::pair("client_secret_file", &out.client_secret_file), {"ca_file", &out.ca_file}}) {
    if (const YamlNode* value = map.find(key)) *into = read_path(*value, key, faults);
  }
  if (const YamlNode* redirect = map.find("redirect")) {
    const auto address = parse_address(redirect->text);
    if (!address || (address->scheme != "https" && !is_loopback(address->host)))
      faults.add(*redirect, "redirect is our own address as browsers know it, as https://plimsoll.example:8443");
    out.redirect = redirect->text;
    while (!out.redirect.empty() && out.redirect.back() == '/') out.redirect.pop_back();
  }
  if (const YamlNode* scopes = map.find("scopes")) out.scopes = read_texts(*scopes, "scopes", faults);
  line("name_claim", out.name_claim);
  line("roles_claim", out.roles_claim);
  line("default_role", out.default_role);
  if (!out.default_role.empty() && !is_role(out.default_role))
    faults.add(*map.find("default_role"),
               "default_role is viewer, operator or admin; leave it out to admit nobody by it");
  if (const YamlNode* given = map.find("roles")) {
    if (given->kind != YamlNode::Kind::map) faults.add(*given, "roles is a map: a value of the claim, a colon, a role");
    for (size_t i = 0; given->kind == YamlNode::Kind::map && i < given->keys.size(); ++i) {
      if (!is_role(given->items[i].text)) faults.add(given->items[i], "a role is viewer, operator or admin");
      out.roles.emplace_back(given->keys[i].text, given->items[i].text);
    }
  }
  if (out.roles.empty() && out.default_role.empty())
    faults.add(node, "sign_on admits nobody; give roles, or a default_role");
  return out;
}

}  // namespace plimsoll::notify
