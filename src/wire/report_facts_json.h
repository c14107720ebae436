#pragma once
#include "model/facts.h"
#include "wire/json_writer.h"

namespace plimsoll::wire {

// assets[].container, .host and .hardware of plimsoll.report/1: the facts a reader wants to see, not all of them
// (those are in a recording).
void write_container(JsonWriter& out, const ContainerFacts& facts);
void write_host(JsonWriter& out, const HostFacts& facts);
void write_hardware(JsonWriter& out, const HardwareFacts& facts);

}  // namespace plimsoll::wire
