#include "cli/policy_facts.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "journal/journal.h"
#include "wire/recording.h"
#include "wire/report_reader.h"

namespace plimsoll::cli {

Result<PolicyFacts> facts_of(const std::string& against, const std::string& journal) {
  if (against == "LAST") {
    PLIMSOLL_TRY(opened,
                 journal::open_journal(journal.empty() ? journal::default_path() : journal, {.read_only = true}));
    PLIMSOLL_TRY(stored, opened->stored_facts());
    return PolicyFacts{std::move(stored), false};
  }
  std::error_code ignored;
  const bool directory = std::filesystem::is_directory(against, ignored);
  const std::string file = directory ? against + "/" + analyzer::recording_file : against;
  PLIMSOLL_TRY(text, read_file(file));
  if (!directory && std::filesystem::path(file).filename() != analyzer::recording_file) {
    PLIMSOLL_TRY(report, wire::report_from_json(text, file));
    return PolicyFacts{std::move(report), true};
  }
  PLIMSOLL_TRY(facts, wire::facts_from_json(text, file));
  return PolicyFacts{std::move(facts), false};
}

Result<const AssetReport*> find_asset(const Report& report, const std::string& name) {
  const auto found = std::find_if(report.assets.begin(), report.assets.end(), [&](const AssetReport& asset) {
    return asset.asset.name == name || asset.asset.id.value == name ||
           (name == "host" && asset.asset.kind == AssetKind::host);
  });
  if (found != report.assets.end()) return &*found;
  std::vector<std::string> names;
  for (const AssetReport& asset : report.assets) names.push_back(asset.asset.name);
  return Error{ErrorKind::not_found,
               "no asset is called '" + printable(name, 100) + "'",
               {},
               "there are: " + printable(join(names, ", "), 2000)};
}

}  // namespace plimsoll::cli
