// The one file that knows nDPI (4.2, libndpi-dev).
#include "network/protocol/ndpi.h"

#include <algorithm>
#include <cstring>

#include "network/protocol/names.h"

extern "C" {
#include <ndpi/ndpi_api.h>
}

namespace plimsoll::network {

struct Ndpi::Module {
  ndpi_detection_module_struct* detector = ndpi_init_detection_module(ndpi_no_prefs);
  Module() {
    if (detector == nullptr) return;
    NDPI_PROTOCOL_BITMASK all;
    NDPI_BITMASK_SET_ALL(all);
    ndpi_set_protocol_detection_bitmask2(detector, &all);
    ndpi_finalize_initialization(detector);
  }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module() {
    if (detector != nullptr) ndpi_exit_detection_module(detector);
  }
};

Ndpi::Ndpi() = default;
Ndpi::~Ndpi() = default;

void Ndpi::Release::operator()(void* flow) const { ndpi_free_flow(static_cast<ndpi_flow_struct*>(flow)); }

std::string_view Ndpi::look(Session& session, Bytes ip, Time at) {
  if (!module_) module_ = std::make_unique<Module>();
  if (module_->detector == nullptr || ip.empty()) return {};
  if (!session) {
    session.reset(ndpi_flow_malloc(sizeof(ndpi_flow_struct)));
    if (!session) return {};
    std::memset(session.get(), 0, sizeof(ndpi_flow_struct));
  }
  auto* flow = static_cast<ndpi_flow_struct*>(session.get());
  const auto length = static_cast<unsigned short>(std::min<size_t>(ip.size(), UINT16_MAX));
  const auto milliseconds =
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count());
  const ndpi_protocol found = ndpi_detection_process_packet(module_->detector, flow, ip.data(), length, milliseconds);
  if (flow->confidence != NDPI_CONFIDENCE_DPI && flow->confidence != NDPI_CONFIDENCE_DPI_CACHE) return {};
  const uint16_t master = found.master_protocol, application = found.app_protocol;
  if (master == NDPI_PROTOCOL_UNKNOWN && application == NDPI_PROTOCOL_UNKNOWN) return {};
  // Of "TLS.Google" it is TLS that is spoken; these say more than what carries them.
  const bool says_more = application == NDPI_PROTOCOL_DOH_DOT || application == NDPI_PROTOCOL_WEBSOCKET ||
                         application == NDPI_PROTOCOL_SOAP || master == NDPI_PROTOCOL_UNKNOWN;
  return display_name(ndpi_get_proto_name(module_->detector, says_more ? application : master));
}

}  // namespace plimsoll::network
