#include "probe/kubernetes/kubeconfig.h"

#include <algorithm>

#include "base/text.h"
#include "probe/kubernetes/certificate.h"
#include "probe/kubernetes/document.h"

namespace plimsoll::probe::kubernetes {
namespace {

using Members = std::map<std::string, FactTree>;
using Kind = FactTree::Kind;

constexpr size_t kMaxText = size_t{1} << 20;

// The member `what` of the item of a list that has this name: lists of {name, context: {...}}, {name, user: {...}}.
const FactTree& named(const FactTree& list, const std::string& name, const char* what) {
  static const FactTree none;
  for (const FactTree& item : list.items) {
    if (text_of(item.at("name")) == name) return item.at(what);
  }
  return none;
}

Result<std::string> certificate_text(const FactTree& user, const system::Files& files) {
  if (const std::string& data = text_of(user.at("client-certificate-data")); !data.empty()) return decode_base64(data);
  const std::string& path = text_of(user.at("client-certificate"));
  if (path.empty()) return Error{ErrorKind::not_found, "it names no client certificate"};
  if (!path.starts_with('/')) return Error{ErrorKind::unsupported, "its certificate has a relative path"};
  return files.read(path, kMaxText);
}

// "eyJ..." is a JSON web token; the payload of a service account's says so. The token itself is not kept.
bool is_account_token(const std::string& token) {
  const auto parts = split(token, '.');
  if (parts.size() != 3) return false;
  std::string payload(parts[1]);
  std::replace(payload.begin(), payload.end(), '-', '+');
  std::replace(payload.begin(), payload.end(), '_', '/');
  payload.resize((payload.size() + 3) / 4 * 4, '=');
  const auto decoded = decode_base64(payload);
  return decoded.ok() && decoded->find("system:serviceaccount:") != std::string::npos;
}

// bootstrap-tokens: six and sixteen of [a-z0-9].
bool is_bootstrap_token(const std::string& token) {
  return token.size() == 23 && token[6] == '.' && std::all_of(token.begin(), token.end(), [](char c) {
           return c == '.' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
         });
}

void add_identity(const FactTree& user, const system::Files& files, Members& out) {
  const auto text = certificate_text(user, files);
  const auto certificate = text.ok() ? read_certificate(*text) : Result<Certificate>(text.error());
  if (!certificate.ok()) {
    if (certificate.error().kind == ErrorKind::not_found && text_of(user.at("client-certificate")).empty()) {
      out["cluster_admin"] = FactTree::of(false);
      return;
    }
    for (const char* name : {"user", "groups", "days_left", "cluster_admin"}) {
      out[name] = FactTree::unknown_because("its certificate: " + certificate.error().message);
    }
    return;
  }
  const auto& groups = certificate->organizations;
  const bool admin = std::any_of(groups.begin(), groups.end(), [](const std::string& group) {
    return group == "system:masters" || group == "kubeadm:cluster-admins";
  });
  out["user"] = FactTree::of(certificate->common_name);
  out["groups"] = FactTree::texts_of(groups);
  out["days_left"] =
      FactTree::of(static_cast<int64_t>((certificate->not_after - files.machine().now()).count() / 86'400));
  out["cluster_admin"] = FactTree::of(admin);
}

}  // namespace

Result<FactTree> parse_kubeconfig(std::string_view text, const std::string& path, const system::Files& files) {
  PLIMSOLL_TRY(config, parse_document(text, path));
  const FactTree& contexts = config.at("contexts");
  const FactTree& context = named(contexts, text_of(config.at("current-context")), "context");
  const FactTree& users = config.at("users");
  const FactTree& chosen = named(users, text_of(context.at("user")), "user");
  const FactTree& user = chosen.kind == Kind::absent && users.items.size() == 1 ? users.items[0].at("user") : chosen;
  const std::string& token = text_of(user.at("token"));
  Members out;
  out["path"] = FactTree::of(path);
  out["bootstrap_token"] = FactTree::of(is_bootstrap_token(token));
  out["account_token"] = FactTree::of(is_account_token(token));
  add_identity(user, files, out);
  return FactTree::map_of(std::move(out), path);
}

FactTree describe_kubeconfig(const system::Files& host, const std::string& path) {
  const auto text = host.read(path, kMaxText);
  if (!text.ok() && text.error().kind == ErrorKind::not_found) return {};
  auto parsed = text.ok() ? parse_kubeconfig(*text, path, host) : Result<FactTree>(text.error());
  return parsed.ok() ? std::move(*parsed) : FactTree::unknown_because(parsed.error().to_string(), path);
}

}  // namespace plimsoll::probe::kubernetes
