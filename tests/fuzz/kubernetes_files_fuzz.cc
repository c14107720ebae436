// Bytes that claim to be what the programs of Kubernetes read: a command line, an environment, a YAML or JSON document
// of any of their kinds, a kubeconfig, a certificate. Never a crash; a value is of its type or unknown.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "probe/kubernetes/api_documents.h"
#include "probe/kubernetes/certificate.h"
#include "probe/kubernetes/components.h"
#include "probe/kubernetes/control_plane.h"
#include "probe/kubernetes/document.h"
#include "probe/kubernetes/kubeconfig.h"
#include "probe/kubernetes/kubelet.h"
#include "probe/kubernetes/pod_manifest.h"
#include "system/memory_machine.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  using namespace plimsoll::probe::kubernetes;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto document = parse_document(bytes, "fuzz.yaml");
  Component component;
  component.source = "fuzz";
  for (const auto word : split(bytes, '\0')) component.arguments.emplace_back(word);
  component.arguments = with_etcd_environment(bytes, std::move(component.arguments));
  for (const Program program : {Program::api_server, Program::controller_manager, Program::scheduler, Program::etcd,
                                Program::kubelet, Program::kube_proxy}) {
    const FactTree settings = settings_of(program, component, document.ok() ? &*document : nullptr);
    if (settings.members.size() != settings_table(program).size()) std::abort();
  }
  (void)read_certificate(bytes);
  (void)decode_base64(bytes);
  static const system::MemoryMachine machine;
  static const system::Files files(machine);
  (void)parse_kubeconfig(bytes, "fuzz.conf", files);
  if (!document.ok()) return 0;
  (void)authorizer_types(*document);
  (void)anonymous_of(*document);
  (void)audit_policy_of(*document);
  (void)pod_security_default(*document);
  if (provider_of_secrets(*document).text.empty()) std::abort();
  const FactTree pod = pod_facts(*document);
  const bool quiet = pod.at("breaks").items.empty();
  if (quiet != (pod.at("level").text == "restricted")) std::abort();
  (void)image_version_of(*document, "etcd");
  FactTree laid = *document;
  lay_over(laid, *document);
  return 0;
}
