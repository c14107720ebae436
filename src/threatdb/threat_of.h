#pragma once
#include <vector>

#include "model/threat.h"
#include "threatdb/lookup.h"
#include "threatdb/opinion.h"

namespace plimsoll::threatdb {

// The threats that the hits on one package make: one for each vulnerability that the records name.
std::vector<Threat> threats_of(Reader& reader, const Package& package, const Hits& hits);

// Every opinion on a threat: of its records in force, of `matched` ones first among them, and of the CVSS feed.
// `os_package`: whether the opinions of matched records are the distribution's own.
std::vector<Opinion> opinions_of(Reader& reader, const ThreatRow& threat, const std::vector<const Hit*>& matched,
                                 bool os_package);

Severity severity_of(Reader& reader, const OpinionRow& row);

}  // namespace plimsoll::threatdb
