#pragma once
#include "model/fact_tree.h"
#include "probe/kubernetes/components.h"
#include "probe/kubernetes/static_pods.h"

// The programs of the control plane, and kube-proxy: each {running, settings, files, ...}, absent when it neither runs
// here nor has a static pod. docs/facts.md, "Kubernetes", lists the members.
namespace plimsoll::probe::kubernetes {

FactTree read_api_server(const Components& components, const system::Files& host, const StaticPods& pods);
FactTree read_controller_manager(const Components& components, const system::Files& host, const StaticPods& pods);
FactTree read_scheduler(const Components& components, const system::Files& host, const StaticPods& pods);
// `api_server`: what read_api_server() gave; its client CA is compared with that of etcd.
FactTree read_etcd(const Components& components, const system::Files& host, const StaticPods& pods,
                   const FactTree& api_server);
FactTree read_kube_proxy(const Components& components, const system::Files& host);

// ETCD_CERT_FILE=x of an environment as flags "--cert-file=x" in front of `arguments`, where a flag does not tell
// already: etcd lets a flag win. Pure.
std::vector<std::string> with_etcd_environment(std::string_view environment, std::vector<std::string> arguments);

}  // namespace plimsoll::probe::kubernetes
