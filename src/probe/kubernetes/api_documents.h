#pragma once
#include "model/fact_tree.h"

// What the files say that the API server is given. Pure: a parsed document in, facts out.
namespace plimsoll::probe::kubernetes {

// AuthorizationConfiguration (apiserver.config.k8s.io): the types of its authorizers, in their order.
FactTree authorizer_types(const FactTree& document);

// AuthenticationConfiguration: {enabled, limited}: whether anonymous requests are taken, and whether `conditions`
// limit them to paths. Absent members: the document does not say.
FactTree anonymous_of(const FactTree& document);

// EncryptionConfiguration: the provider that encrypts secrets when they are written: the first one of the first group
// whose resources hold `secrets` or a wildcard that covers it. "identity": nothing does.
FactTree provider_of_secrets(const FactTree& document);

// audit.k8s.io Policy: {rules, records, covers}. `records`: some rule has a level other than None. `covers`: by the
// name of what matters most, whether it is recorded as CIS asks: secrets, configmaps, tokenreviews (at Metadata at
// least), pod_access (exec, attach, portforward, proxy), pods and deployments changed. Rules are tried in order; the
// first that matches every such request decides, one that matches some of them is no cover.
FactTree audit_policy_of(const FactTree& document);

// AdmissionConfiguration: the PodSecurity plug-in's defaults.enforce; absent when the document does not say.
FactTree pod_security_default(const FactTree& document);

}  // namespace plimsoll::probe::kubernetes
