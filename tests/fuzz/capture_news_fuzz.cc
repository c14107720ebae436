// Bytes that claim to be what the worker tells that parses packets: never a crash, and what is taken stays bounded.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "network/capture/worker.h"
#include "probe/network/finding_book.h"
#include "probe/network/flow_table.h"
#include "wire/packed.h"

using namespace plimsoll;
using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto news = wire::unpack<CaptureNews>({reinterpret_cast<const char*>(data), size});
  if (!news.ok()) return 0;
  probe::Owners owners({"host:h"}, 1, [](uint64_t) { return Error{ErrorKind::not_found, ""}; });
  const probe::NatTable nat;
  uint64_t left = 0;
  probe::FlowTable table(owners, nat, {.flows = 4}, [&](const probe::SeenFlow&) { ++left; });
  probe::FindingBook book;
  for (const CapturedFlow& flow : news->flows) {
    Sighting sighting;
    sighting.source = SourceKind::packets;
    sighting.flow = flow.flow;
    sighting.name_space = flow.name_space;
    table.see(sighting);
    if (table.size() > 4) std::abort();
  }
  for (const CapturedFinding& finding : news->findings) book.add(finding);
  if (book.all(owners).size() > news->findings.size()) std::abort();
  table.expire(Time::max());
  table.flush();
  if (left != table.counts().opened) std::abort();
  return 0;
}
