#include "analyzer/capture_file.h"
#include "network/flow_names.h"
#include "wire/json_writer.h"

namespace plimsoll::analyzer {
namespace {

using network::FlowRecord;

void write_counts(wire::JsonWriter& out, const network::SensorCounts& counts) {
  out.key("counts").begin_object();
  out.member("packets", counts.packets).member("bytes", counts.bytes).member("not_ip", counts.not_ip);
  out.member("malformed", counts.malformed).member("cut", counts.cut).member("doubled", counts.doubled);
  out.member("flows_opened", counts.flows_opened).member("flows_evicted", counts.flows_evicted);
  out.member("reassembly_lost", counts.reassembly_lost).end_object();
}

}  // namespace

std::string capture_json(const CaptureReading& reading) {
  wire::JsonWriter out;
  out.begin_object().key("flows").begin_array();
  for (const FlowRecord& flow : reading.flows) network::write_json(out, flow);
  out.end_array().key("findings").begin_array();
  for (const network::Finding& finding : reading.findings) network::write_json(out, finding);
  out.end_array();
  write_counts(out, reading.counts);
  out.key("not_assessed").begin_array();
  for (const Incomplete& gap : reading.not_assessed)
    out.begin_object().member("what", gap.what).member("reason", gap.reason).member("remedy", gap.remedy).end_object();
  out.end_array().end_object();
  return std::move(out).take() + "\n";
}

}  // namespace plimsoll::analyzer
