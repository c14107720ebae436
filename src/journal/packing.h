#pragma once
#include <string>

#include "base/result.h"
#include "model/report.h"

namespace plimsoll::journal {

// A text that every engine can hold: what is not UTF-8, and NUL, become U+FFFD.
std::string holdable(std::string_view text);
bool is_holdable(std::string_view text);

std::string compress(std::string_view bytes);             // zstd
Result<std::string> expand(std::string_view compressed);  // malformed; limit: more than 256 MiB

// The facts of an asset in three parts, each a recording of wire/recording.h: what many assets share (release,
// packages, offers), what could not be assessed, and the rest.
std::string inventory_text(const AssetReport& asset);
std::string gaps_text(const IncompleteList& gaps);
std::string facts_text(const AssetReport& asset);
// The same asset from its three parts.
Result<AssetReport> join_facts(const std::string& facts, const std::string& inventory, const std::string& gaps);

// The packages of an inventory_text().
Result<std::vector<Package>> packages_in(const std::string& inventory);

// What is between the assets of a report: flows, and what watching the network gave.
std::string between_text(const Report& report);
Status join_between(const std::string& text, Report& report);

}  // namespace plimsoll::journal
