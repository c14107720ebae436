#include <gtest/gtest.h>

#include "probe/kubernetes/api_documents.h"
#include "probe/kubernetes/certificate.h"
#include "probe/kubernetes/document.h"
#include "probe/kubernetes/go_flags.h"
#include "probe/kubernetes/kubeconfig.h"
#include "probe/kubernetes/pod_manifest.h"
#include "probe/kubernetes/setting_tables.h"
#include "system/memory_machine.h"

namespace plimsoll::probe::kubernetes {
namespace {

using Kind = FactTree::Kind;

FactTree document(const std::string& text) {
  auto parsed = parse_document(text, "x.yaml");
  EXPECT_TRUE(parsed.ok()) << parsed.error().message;
  return parsed.ok() ? *parsed : FactTree{};
}

TEST(GoFlags, AreTakenAsPflagTakesThem) {
  const Flags flags = parse_flags({"--a=1", "--a", "2", "--seccomp-default", "word", "-v=2", "--last"}, is_switch);
  EXPECT_EQ(flags.at("a"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(flags.at("seccomp-default").back(), "true");  // a switch takes no word
  EXPECT_EQ(flags.at("v").back(), "2");
  EXPECT_EQ(flags.at("last").back(), "true");
  EXPECT_EQ(parse_flags({"--", "--a=1"}, is_switch).size(), 0U);
}

TEST(GoFlags, ValuesAreTyped) {
  const auto duration = [](const char* text) { return typed_value(ValueType::duration, {text}, ""); };
  EXPECT_EQ(duration("1h30m").integer, 5400);
  EXPECT_EQ(duration("1.5s").integer, 2);  // never 0 for what is not
  EXPECT_EQ(duration("300ms").integer, 1);
  EXPECT_EQ(duration("0").integer, 0);
  EXPECT_EQ(duration("10").kind, Kind::unknown);
  EXPECT_EQ(duration("").kind, Kind::unknown);
  EXPECT_EQ(typed_value(ValueType::boolean, {"T"}, "").boolean, true);
  EXPECT_EQ(typed_value(ValueType::boolean, {"yes"}, "").kind, Kind::unknown);
  EXPECT_EQ(typed_value(ValueType::integer, {"-1"}, "").integer, -1);
  EXPECT_EQ(typed_value(ValueType::integer, {"99999999999999999999"}, "").kind, Kind::unknown);
  EXPECT_EQ(typed_value(ValueType::list, {"a,b", "c"}, "").items.size(), 3U);
  EXPECT_FALSE(typed_value(ValueType::map, {"G=false,H=true"}, "").at("G").boolean);
}

TEST(Document, IsYamlOrJson) {
  EXPECT_TRUE(document("a: yes\n").at("a").boolean);
  EXPECT_EQ(document("a: \"yes\"\n").at("a").text, "yes");
  EXPECT_EQ(document("a: -1\n").at("a").integer, -1);
  EXPECT_EQ(document("{\"a\":\t[1, null]}").at("a").items.size(), 2U);
  EXPECT_EQ(document("").kind, Kind::map);
  EXPECT_FALSE(parse_document("[1]", "x").ok());
  EXPECT_FALSE(parse_document("a: &b 1\nc: *b\n", "x").ok());
  EXPECT_EQ(at_path(document("a: {b: {c: 1}}"), "a.b.c").integer, 1);
  EXPECT_EQ(at_path(document("a: 1"), "a.b.c").kind, Kind::absent);
}

TEST(Encryption, TheFirstProviderOfSecretsWrites) {
  const auto provider = [](const std::string& text) { return provider_of_secrets(document(text)).text; };
  EXPECT_EQ(provider("resources: [{resources: [configmaps], providers: [{aescbc: {}}]}, "
                     "{resources: [secrets], providers: [{identity: {}}, {aescbc: {}}]}]"),
            "identity");
  EXPECT_EQ(provider("resources: [{resources: ['*.*'], providers: [{secretbox: {}}, {identity: {}}]}]"), "secretbox");
  EXPECT_EQ(provider("resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2}}]}]"), "kms v2");
  EXPECT_EQ(provider("resources: [{resources: [secrets], providers: [{kms: {name: a}}]}]"), "kms");
  EXPECT_EQ(provider("{}"), "identity");
}

TEST(AuditPolicy, TheFirstRuleThatMatchesDecides) {
  const auto covers = [](const std::string& rules, const char* what) {
    return audit_policy_of(document("rules: " + rules)).at("covers").at(what).boolean;
  };
  EXPECT_TRUE(covers("[{level: Metadata}]", "secrets"));
  EXPECT_FALSE(covers("[{level: None, resources: [{group: '', resources: [secrets]}]}, {level: Metadata}]", "secrets"));
  EXPECT_TRUE(covers("[{level: None, resources: [{group: '', resources: [secrets]}]}, {level: Metadata}]", "pod_exec"));
  EXPECT_TRUE(covers("[{level: None, users: [system:kube-proxy]}, {level: Metadata}]", "secrets"));
  EXPECT_FALSE(covers("[{level: None, namespaces: [shop]}, {level: Metadata}]", "secrets"));
  EXPECT_FALSE(covers("[{level: Metadata, verbs: [get], resources: [{group: '', resources: [secrets]}]}]", "secrets"));
  EXPECT_TRUE(covers("[{level: Request, resources: [{group: '', resources: ['pods/*']}]}]", "pod_exec"));
  EXPECT_FALSE(covers("[{level: Request, resources: [{group: apps, resources: ['*']}]}]", "pod_exec"));
  EXPECT_FALSE(covers("[{level: Metadata, nonResourceURLs: ['/api*']}]", "pods"));
  EXPECT_FALSE(audit_policy_of(document("rules: [{level: None}]")).at("records").boolean);
}

TEST(Admission, TheDefaultLevelOfPodSecurity) {
  EXPECT_EQ(
      pod_security_default(document("plugins: [{name: PodSecurity, configuration: {defaults: {enforce: baseline}}}]"))
          .text,
      "baseline");
  EXPECT_EQ(pod_security_default(document("plugins: [{name: PodSecurity, path: /x}]")).kind, Kind::absent);
}

TEST(Pod, LevelsOfThePodSecurityStandards) {
  const auto level = [](const std::string& spec) { return pod_facts(document("spec: " + spec)).at("level").text; };
  const std::string good = "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}";
  const std::string pod = "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}";
  EXPECT_EQ(level("{" + pod + ", containers: [{name: a, " + good + "}]}"), "restricted");
  EXPECT_EQ(level("{" + pod + ", containers: [{name: a}]}"), "baseline");
  EXPECT_EQ(level("{hostNetwork: true, containers: [{name: a, " + good + "}]}"), "privileged");
  EXPECT_EQ(level("{" + pod + ", containers: [{name: a, " + good +
                  "}], initContainers: [{name: b, securityContext: {privileged: true}}]}"),
            "privileged");
  EXPECT_EQ(level("{" + pod + ", containers: [{name: a, ports: [{hostPort: 80}], " + good + "}]}"), "privileged");
  EXPECT_EQ(level("{" + pod + ", volumes: [{name: v, hostPath: {path: /etc}}], containers: [{name: a, " + good + "}]}"),
            "privileged");
  EXPECT_EQ(level("{" + pod + ", volumes: [{name: v, nfs: {}}], containers: [{name: a, " + good + "}]}"), "baseline");
  EXPECT_EQ(level("{" + pod + ", containers: [{name: a, securityContext: {capabilities: {add: [NET_RAW]}}}]}"),
            "privileged");
  EXPECT_EQ(level("{" + pod + ", containers: [{name: a, securityContext: {capabilities: {add: [CAP_CHOWN]}}}]}"),
            "baseline");
  EXPECT_EQ(level("{securityContext: {sysctls: [{name: kernel.msgmax}]}, containers: [{name: a}]}"), "privileged");
}

TEST(Pod, WhatRunsInItAndItsVersion) {
  const FactTree manifest = document(
      "spec: {containers: [{name: a, image: 'r:5000/kube-apiserver:v1.30.2@sha256:ab', command: "
      "[/usr/bin/kube-apiserver, --a=b], args: [--c]}]}");
  EXPECT_EQ(command_of(manifest, "kube-apiserver").size(), 3U);
  EXPECT_EQ(image_version_of(manifest, "kube-apiserver"), "1.30.2");
  EXPECT_TRUE(command_of(manifest, "etcd").empty());
  EXPECT_TRUE(pod_facts(manifest).at("may_be_root").boolean);
  EXPECT_EQ(image_version_of(document("spec: {containers: [{image: 'r:5000/x', command: [etcd]}]}"), "etcd"), "");
}

// O = system:masters, CN = kubernetes-admin, good for ten years; the key is thrown away.
constexpr const char* kAdmin = R"(-----BEGIN CERTIFICATE-----
MIIBvTCCAWOgAwIBAgIUfd2k0OnAZj/uw5/i33RGr5wY/ZcwCgYIKoZIzj0EAwIw
NDEXMBUGA1UECgwOc3lzdGVtOm1hc3RlcnMxGTAXBgNVBAMMEGt1YmVybmV0ZXMt
YWRtaW4wHhcNMjYxMTI0MjAzMDM0WhcNMzYxMTIxMjAzMDM0WjA0MRcwFQYDVQQK
DA5zeXN0ZW06bWFzdGVyczEZMBcGA1UEAwwQa3ViZXJuZXRlcy1hZG1pbjBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABJuL9Z9hIOYmdF3HsHWQMqK5aeOlkI/YcWHD
3+Ns2O0IgGurNbez5lR257WJrbWuYcCNHDV7/zeAzDKE/PvYZv+jUzBRMB0GA1Ud
DgQWBBT10qspi51OswwO0kclFneFVumt/jAfBgNVHSMEGDAWgBT10qspi51OswwO
0kclFneFVumt/jAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDb
la5MtS3spP+/+TmxLvDsW7UTO2sbxYhKI3yW2J4N2AIgFt+MgjNBHf0/XLUfgC2i
WxBn/FP+ke2boMlPVwIVZnc=
-----END CERTIFICATE-----
)";

TEST(Certificate, TellsWhoAndUntilWhen) {
  const auto certificate = read_certificate(kAdmin);
  ASSERT_TRUE(certificate.ok()) << certificate.error().message;
  EXPECT_EQ(certificate->common_name, "kubernetes-admin");
  EXPECT_EQ(certificate->organizations, std::vector<std::string>{"system:masters"});
  EXPECT_GT(certificate->not_after, *parse_rfc3339("2030-01-01"));
  EXPECT_EQ(read_certificate("x").error().kind, ErrorKind::not_found);
  EXPECT_EQ(read_certificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").error().kind,
            ErrorKind::malformed);
}

TEST(Kubeconfig, WhomItMakesItsHolder) {
  system::MemoryMachine machine;
  machine.add_file("/admin.crt", kAdmin).add_file("/etc/passwd", "").add_file("/etc/group", "");
  const system::Files files(machine);
  const auto holder = [&](const std::string& user) {
    const auto parsed = parse_kubeconfig(
        "contexts: [{name: c, context: {user: u}}]\ncurrent-context: c\nusers: "
        "[{name: other, user: {}}, {name: u, user: " +
            user + "}]\n",
        "/k", files);
    EXPECT_TRUE(parsed.ok());
    return parsed.ok() ? *parsed : FactTree{};
  };
  EXPECT_TRUE(holder("{client-certificate: /admin.crt}").at("cluster_admin").boolean);
  EXPECT_EQ(holder("{client-certificate: /admin.crt}").at("user").text, "kubernetes-admin");
  EXPECT_EQ(holder("{client-certificate: /gone.crt}").at("cluster_admin").kind, Kind::unknown);
  EXPECT_EQ(holder("{client-certificate-data: '%%'}").at("cluster_admin").kind, Kind::unknown);
  EXPECT_FALSE(holder("{token: abc}").at("cluster_admin").boolean);
  EXPECT_TRUE(holder("{token: abcdef.0123456789abcdef}").at("bootstrap_token").boolean);
  // {"sub":"system:serviceaccount:kube-system:a"}
  EXPECT_TRUE(holder("{token: e30.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6a3ViZS1zeXN0ZW06YSJ9.c2ln}")
                  .at("account_token")
                  .boolean);
}

}  // namespace
}  // namespace plimsoll::probe::kubernetes
