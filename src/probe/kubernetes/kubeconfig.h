#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/fact_tree.h"
#include "system/files.h"

namespace plimsoll::probe::kubernetes {

// Whom a kubeconfig makes its holder, never with what: {path, user, groups, days_left, bootstrap_token, account_token,
// cluster_admin}. `user` and `groups` are those of the client certificate of the current context's user.
// `account_token`: a static token of a service account. `cluster_admin`: group system:masters or
// kubeadm:cluster-admins. What a certificate would tell is unknown when it cannot be read.
FactTree describe_kubeconfig(const system::Files& host, const std::string& path);

// The same from the text; `files` reads a certificate that it names by path.
Result<FactTree> parse_kubeconfig(std::string_view text, const std::string& path, const system::Files& files);

}  // namespace plimsoll::probe::kubernetes
