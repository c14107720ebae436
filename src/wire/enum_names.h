#pragma once
#include <optional>
#include <string_view>

#include "model/names.h"

namespace plimsoll::wire {

// The enumerations of described values by one name, for templates.
inline std::optional<AssetKind> parse_name(std::string_view t, AssetKind*) { return parse_asset_kind(t); }
inline std::optional<PackageType> parse_name(std::string_view t, PackageType*) { return parse_package_type(t); }
inline std::optional<Loaded> parse_name(std::string_view t, Loaded*) { return parse_loaded(t); }
inline std::optional<FactTree::Kind> parse_name(std::string_view t, FactTree::Kind*) { return parse_fact_kind(t); }
inline std::optional<Transport> parse_name(std::string_view t, Transport*) { return parse_transport(t); }
inline std::optional<SeverityLevel> parse_name(std::string_view t, SeverityLevel*) { return parse_severity_level(t); }
inline std::optional<EventOutcome> parse_name(std::string_view t, EventOutcome*) { return parse_event_outcome(t); }

}  // namespace plimsoll::wire
