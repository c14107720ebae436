#include "probe/kubernetes/setting_tables.h"

#include <algorithm>
#include <array>

namespace plimsoll::probe::kubernetes {
namespace {

using enum ValueType;

constexpr std::array kPrograms = {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubelet",
                                  "kube-proxy"};

// Two sets of defaults: pkg/kubelet/apis/config/v1beta1/defaults.go, and the old flag's where no file is given.
constexpr Setting kKubelet[] = {
    {"authentication.anonymous.enabled", "anonymous-auth", "authentication.anonymous.enabled", boolean, "false",
     "true"},
    {"authentication.webhook.enabled", "authentication-token-webhook", "authentication.webhook.enabled", boolean,
     "true", "false"},
    {"authentication.x509.clientCAFile", "client-ca-file", "authentication.x509.clientCAFile", text},
    {"authorization.mode", "authorization-mode", "authorization.mode", text, "Webhook", "AlwaysAllow"},
    {"readOnlyPort", "read-only-port", "readOnlyPort", integer, "0", "10255"},
    {"port", "port", "port", integer, "10250"},
    {"address", "address", "address", text, "0.0.0.0"},
    {"streamingConnectionIdleTimeout", "streaming-connection-idle-timeout", "streamingConnectionIdleTimeout", duration,
     "4h"},
    {"makeIPTablesUtilChains", "make-iptables-util-chains", "makeIPTablesUtilChains", boolean, "true"},
    {"hostname-override", "hostname-override", "", text},
    {"eventRecordQPS", "event-qps", "eventRecordQPS", integer, "50"},
    {"tlsCertFile", "tls-cert-file", "tlsCertFile", text},
    {"tlsPrivateKeyFile", "tls-private-key-file", "tlsPrivateKeyFile", text},
    {"tlsCipherSuites", "tls-cipher-suites", "tlsCipherSuites", list},
    {"tlsMinVersion", "tls-min-version", "tlsMinVersion", text},
    {"rotateCertificates", "rotate-certificates", "rotateCertificates", boolean, "false"},
    {"serverTLSBootstrap", "rotate-server-certificates", "serverTLSBootstrap", boolean, "false"},
    {"featureGates", "feature-gates", "featureGates", map},
    {"podPidsLimit", "pod-max-pids", "podPidsLimit", integer, "-1"},
    {"seccompDefault", "seccomp-default", "seccompDefault", boolean, "false"},
    {"protectKernelDefaults", "protect-kernel-defaults", "protectKernelDefaults", boolean, "false"},
    {"failSwapOn", "fail-swap-on", "failSwapOn", boolean, "true"},
    {"memorySwap.swapBehavior", "", "memorySwap.swapBehavior", text, ""},
    {"enableDebuggingHandlers", "enable-debugging-handlers", "enableDebuggingHandlers", boolean, "true"},
    {"allowedUnsafeSysctls", "allowed-unsafe-sysctls", "allowedUnsafeSysctls", list, ""},
    {"staticPodPath", "pod-manifest-path", "staticPodPath", text},
    {"staticPodURL", "manifest-url", "staticPodURL", text},
    {"healthzBindAddress", "healthz-bind-address", "healthzBindAddress", text, "127.0.0.1"},
    {"kubeconfig", "kubeconfig", "", text},
    {"bootstrap-kubeconfig", "bootstrap-kubeconfig", "", text},
    {"cert-dir", "cert-dir", "", text, "/var/lib/kubelet/pki"},
    {"root-dir", "root-dir", "", text, "/var/lib/kubelet"},
    {"image-credential-provider-bin-dir", "image-credential-provider-bin-dir", "", text},
    {"containerRuntimeEndpoint", "container-runtime-endpoint", "containerRuntimeEndpoint", text},
};

constexpr Setting kApiServer[] = {
    {"anonymous-auth", "anonymous-auth", "", boolean, "true"},
    {"authentication-config", "authentication-config", "", text},
    {"token-auth-file", "token-auth-file", "", text},
    {"enable-admission-plugins", "enable-admission-plugins", "", list, ""},
    {"disable-admission-plugins", "disable-admission-plugins", "", list, ""},
    {"admission-control-config-file", "admission-control-config-file", "", text},
    {"kubelet-client-certificate", "kubelet-client-certificate", "", text},
    {"kubelet-client-key", "kubelet-client-key", "", text},
    {"kubelet-certificate-authority", "kubelet-certificate-authority", "", text},
    {"authorization-mode", "authorization-mode", "", list},
    {"authorization-config", "authorization-config", "", text},
    {"profiling", "profiling", "", boolean, "true"},
    {"audit-log-path", "audit-log-path", "", text},
    {"audit-webhook-config-file", "audit-webhook-config-file", "", text},
    {"audit-policy-file", "audit-policy-file", "", text},
    {"audit-log-maxage", "audit-log-maxage", "", integer, "0"},
    {"audit-log-maxbackup", "audit-log-maxbackup", "", integer, "0"},
    {"audit-log-maxsize", "audit-log-maxsize", "", integer, "0"},
    {"request-timeout", "request-timeout", "", duration, "1m0s"},
    {"service-account-lookup", "service-account-lookup", "", boolean, "true"},
    {"service-account-key-file", "service-account-key-file", "", list},
    {"service-account-extend-token-expiration", "service-account-extend-token-expiration", "", boolean, "true"},
    {"etcd-servers", "etcd-servers", "", list},
    {"etcd-certfile", "etcd-certfile", "", text},
    {"etcd-keyfile", "etcd-keyfile", "", text},
    {"etcd-cafile", "etcd-cafile", "", text},
    {"tls-cert-file", "tls-cert-file", "", text},
    {"tls-private-key-file", "tls-private-key-file", "", text},
    {"tls-cipher-suites", "tls-cipher-suites", "", list},
    {"tls-min-version", "tls-min-version", "", text},
    {"client-ca-file", "client-ca-file", "", text},
    {"oidc-issuer-url", "oidc-issuer-url", "", text},
    {"encryption-provider-config", "encryption-provider-config", "", text},
};

constexpr Setting kControllerManager[] = {
    {"terminated-pod-gc-threshold", "terminated-pod-gc-threshold", "", integer, "12500"},
    {"profiling", "profiling", "", boolean, "true"},
    {"use-service-account-credentials", "use-service-account-credentials", "", boolean, "false"},
    {"service-account-private-key-file", "service-account-private-key-file", "", text},
    {"root-ca-file", "root-ca-file", "", text},
    {"feature-gates", "feature-gates", "", map, ""},
    {"bind-address", "bind-address", "", text, "0.0.0.0"},
};

// Of a configuration file of the scheduler (--config) only enableProfiling is one that rules read.
constexpr Setting kScheduler[] = {
    {"profiling", "profiling", "enableProfiling", boolean, "true"},
    {"bind-address", "bind-address", "", text, "0.0.0.0"},
};

// With --config-file etcd ignores all flags and its environment; without, a flag wins over the environment.
constexpr Setting kEtcd[] = {
    {"cert-file", "cert-file", "client-transport-security.cert-file", text},
    {"key-file", "key-file", "client-transport-security.key-file", text},
    {"client-cert-auth", "client-cert-auth", "client-transport-security.client-cert-auth", boolean, "false"},
    {"trusted-ca-file", "trusted-ca-file", "client-transport-security.trusted-ca-file", text},
    {"auto-tls", "auto-tls", "client-transport-security.auto-tls", boolean, "false"},
    {"peer-cert-file", "peer-cert-file", "peer-transport-security.cert-file", text},
    {"peer-key-file", "peer-key-file", "peer-transport-security.key-file", text},
    {"peer-client-cert-auth", "peer-client-cert-auth", "peer-transport-security.client-cert-auth", boolean, "false"},
    {"peer-trusted-ca-file", "peer-trusted-ca-file", "peer-transport-security.trusted-ca-file", text},
    {"peer-auto-tls", "peer-auto-tls", "peer-transport-security.auto-tls", boolean, "false"},
    {"listen-client-urls", "listen-client-urls", "listen-client-urls", list, "http://localhost:2379"},
    {"listen-peer-urls", "listen-peer-urls", "listen-peer-urls", list, "http://localhost:2380"},
    {"listen-metrics-urls", "listen-metrics-urls", "listen-metrics-urls", list, ""},
    {"data-dir", "data-dir", "data-dir", text},
};

constexpr Setting kKubeProxy[] = {
    {"metricsBindAddress", "metrics-bind-address", "metricsBindAddress", text, "127.0.0.1:10249"},
    {"clientConnection.kubeconfig", "kubeconfig", "clientConnection.kubeconfig", text},
    {"enableProfiling", "profiling", "enableProfiling", boolean, "false"},
};

constexpr std::array<Program, 6> kAll = {Program::api_server, Program::controller_manager,
                                         Program::scheduler,  Program::etcd,
                                         Program::kubelet,    Program::kube_proxy};

}  // namespace

std::string_view name_of(Program program) { return kPrograms[static_cast<size_t>(program)]; }

std::span<const Setting> settings_table(Program program) {
  switch (program) {
    case Program::api_server:
      return kApiServer;
    case Program::controller_manager:
      return kControllerManager;
    case Program::scheduler:
      return kScheduler;
    case Program::etcd:
      return kEtcd;
    case Program::kubelet:
      return kKubelet;
    case Program::kube_proxy:
      return kKubeProxy;
  }
  return {};
}

bool is_switch(std::string_view flag) {
  return std::any_of(kAll.begin(), kAll.end(), [&](Program program) {
    const auto table = settings_table(program);
    return std::any_of(table.begin(), table.end(),
                       [&](const Setting& s) { return s.flag == flag && s.type == boolean; });
  });
}

}  // namespace plimsoll::probe::kubernetes
