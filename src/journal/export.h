#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "journal/records.h"

// An event as one line of what other programs read; without the line break.
namespace plimsoll::journal {

enum class ExportFormat { json, syslog, ocsf, cef };
std::optional<ExportFormat> parse_export_format(std::string_view name);

// `host`: the name of the machine whose journal it is.
std::string export_event(const Event& event, ExportFormat format, const std::string& host);

// {"sequence", "at", "kind", "actor", "subject", "body", "previous_hash", "hash"}
std::string event_json(const Event& event);
// RFC 5424, facility 13 (log audit); the kind is the MSGID, the body the message. The structured data is under the
// enterprise number that RFC 5612 sets aside for examples: we have none of our own.
std::string event_syslog(const Event& event, const std::string& host);
// Open Cybersecurity Schema Framework 1.1.0: Authentication (3002), Entity Management (3004), Device Inventory Info
// (5001), and Base Event (0) for the rest; the body is its raw_data.
std::string event_ocsf(const Event& event, const std::string& host);
// ArcSight Common Event Format, version 0.
std::string event_cef(const Event& event, const std::string& host);

}  // namespace plimsoll::journal
