#include "probe/kubernetes/api_documents.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/kubernetes/document.h"

namespace plimsoll::probe::kubernetes {
namespace {

using Members = std::map<std::string, FactTree>;
using Kind = FactTree::Kind;

bool holds(const FactTree& list, std::string_view wanted) {
  return std::any_of(list.items.begin(), list.items.end(), [&](const FactTree& i) { return text_of(i) == wanted; });
}

// One kind of request that an audit policy is asked about.
struct Request {
  const char* name;
  const char* group;
  const char* resource;  // "pods/exec"
  const char* verb;      // null: any
};
constexpr std::array<Request, 9> kRequests = {{{"secrets", "", "secrets", nullptr},
                                               {"configmaps", "", "configmaps", nullptr},
                                               {"tokenreviews", "authentication.k8s.io", "tokenreviews", nullptr},
                                               {"pod_exec", "", "pods/exec", nullptr},
                                               {"pod_attach", "", "pods/attach", nullptr},
                                               {"pod_portforward", "", "pods/portforward", nullptr},
                                               {"pod_proxy", "", "pods/proxy", nullptr},
                                               {"pods", "", "pods", "create"},
                                               {"deployments", "apps", "deployments", "create"}}};

bool resource_matches(const FactTree& entry, std::string_view wanted) {
  const FactTree& resources = entry.at("resources");
  if (resources.items.empty()) return true;  // all of the group
  const size_t slash = wanted.find('/');
  const std::string_view sub = slash == std::string_view::npos ? "" : wanted.substr(slash + 1);
  return std::any_of(resources.items.begin(), resources.items.end(), [&](const FactTree& item) {
    const std::string& text = text_of(item);
    if (text == "*" || text == wanted) return true;  // "*": all, and subresources
    if (!sub.empty() && text == "*/" + std::string(sub)) return true;
    return text.ends_with("/*") && wanted.starts_with(text.substr(0, text.size() - 1));
  });
}

enum class Match { no, some, all };

// Whether the rule takes all requests of this kind, some of them (of these users, in these namespaces), or none.
Match matches(const FactTree& rule, const Request& request) {
  if (!rule.at("nonResourceURLs").items.empty()) return Match::no;
  bool narrow =
      !rule.at("users").items.empty() || !rule.at("userGroups").items.empty() || !rule.at("namespaces").items.empty();
  const FactTree& verbs = rule.at("verbs");
  if (!verbs.items.empty() && !holds(verbs, "*")) {
    if (request.verb != nullptr && !holds(verbs, request.verb)) return Match::no;
    narrow = narrow || request.verb == nullptr;
  }
  const FactTree& resources = rule.at("resources");
  if (resources.items.empty()) return narrow ? Match::some : Match::all;
  for (const FactTree& entry : resources.items) {
    const std::string& group = text_of(entry.at("group"));
    if ((group != request.group && group != "*") || !resource_matches(entry, request.resource)) continue;
    return narrow || !entry.at("resourceNames").items.empty() ? Match::some : Match::all;
  }
  return Match::no;
}

bool is_recorded(const FactTree& rules, const Request& request) {
  for (const FactTree& rule : rules.items) {
    const Match match = matches(rule, request);
    const bool none = text_of(rule.at("level")) == "None";
    if (match == Match::some && none && rule.at("users").items.empty() && rule.at("userGroups").items.empty()) {
      return false;  // a whole namespace or verb of it is left out; users of the system may be
    }
    if (match == Match::all) return !none;
  }
  return false;
}

}  // namespace

FactTree authorizer_types(const FactTree& document) {
  FactTree out = FactTree::list_of({}, document.source);
  for (const FactTree& authorizer : document.at("authorizers").items) {
    out.items.push_back(FactTree::of(printable(text_of(authorizer.at("type")), 64)));
  }
  return out;
}

FactTree anonymous_of(const FactTree& document) {
  const FactTree& anonymous = document.at("anonymous");
  if (anonymous.kind != Kind::map) return {};
  return FactTree::map_of({{"enabled", FactTree::of(is_true(anonymous.at("enabled")))},
                           {"limited", FactTree::of(!anonymous.at("conditions").items.empty())}},
                          document.source);
}

FactTree provider_of_secrets(const FactTree& document) {
  for (const FactTree& group : document.at("resources").items) {
    const FactTree& resources = group.at("resources");
    if (!holds(resources, "secrets") && !holds(resources, "*.") && !holds(resources, "*.*")) continue;
    const FactTree& providers = group.at("providers");
    if (providers.items.empty() || providers.items[0].members.empty()) continue;
    const auto& [name, provider] = *providers.items[0].members.begin();
    const bool second = name == "kms" && text_of(provider.at("apiVersion")) == "v2";
    return FactTree::of(printable(second ? "kms v2" : name, 64), document.source);
  }
  return FactTree::of("identity", document.source);
}

FactTree audit_policy_of(const FactTree& document) {
  const FactTree& rules = document.at("rules");
  const bool records = std::any_of(rules.items.begin(), rules.items.end(), [](const FactTree& rule) {
    return !text_of(rule.at("level")).empty() && text_of(rule.at("level")) != "None";
  });
  Members covers;
  for (const Request& request : kRequests) covers[request.name] = FactTree::of(is_recorded(rules, request));
  return FactTree::map_of({{"rules", FactTree::of(static_cast<int64_t>(rules.items.size()))},
                           {"records", FactTree::of(records)},
                           {"covers", FactTree::map_of(std::move(covers))}},
                          document.source);
}

FactTree pod_security_default(const FactTree& document) {
  for (const FactTree& plugin : document.at("plugins").items) {
    if (text_of(plugin.at("name")) != "PodSecurity") continue;
    const FactTree& enforce = at_path(plugin, "configuration.defaults.enforce");
    if (!text_of(enforce).empty()) return FactTree::of(printable(enforce.text, 32), document.source);
  }
  return {};
}

}  // namespace plimsoll::probe::kubernetes
