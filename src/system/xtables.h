#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "system/machine.h"
#include "system/packet_filter.h"

// Matches and targets of iptables (linux/netfilter/x_tables.h): inside rules of nf_tables, and as the legacy tables
// keep them.
namespace plimsoll::system {

// Pure: what a match of this name and revision, or a target, adds to `rule`. One that is not known here makes the rule
// conditional, or has no effect.
void apply_match(std::string_view name, uint32_t revision, std::string_view data, FilterRule& rule);
void apply_target(std::string_view name, uint32_t revision, std::string_view data, bool six, FilterRule& rule);

// Pure: a table as one string: valid_hooks, five entries of hooks, five underflows (four bytes each, in this machine's
// order), then the entries. malformed: shorter than that.
Result<Machine::LegacyTable> legacy_table_of(std::string_view bytes);

// Pure: one table as Machine::legacy_table tells it. malformed: an offset that does not fit.
Result<std::vector<FilterChain>> parse_legacy_table(const Machine::LegacyTable& table, const std::string& name,
                                                    bool six);

// What Machine::legacy_table of the real machine does.
Result<Machine::LegacyTable> request_legacy_table(const std::string& name, bool six);

}  // namespace plimsoll::system
