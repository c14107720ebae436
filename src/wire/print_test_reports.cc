// Writes the reports that tests/wire/validate_reports.py holds against the schema, into the folder named.
#include <cstdio>

#include "base/file.h"
#include "wire/random_facts.h"
#include "wire/report_json.h"
#include "wire/test_report.h"

int main(int argc, char** argv) {
  using namespace plimsoll;
  if (argc != 2) return 2;
  const auto write = [&](const std::string& name, const Report& report, bool with_packages) {
    const auto status =
        write_file_atomically(std::string(argv[1]) + "/" + name, wire::report_to_json(report, with_packages));
    if (!status.ok()) std::fprintf(stderr, "%s\n", status.error().to_string().c_str());
    return status.ok();
  };
  bool ok = write("empty.json", {}, true) && write("rich.json", wire::rich_report(), true) &&
            write("short.json", wire::rich_report(), false);
  for (uint64_t seed = 0; ok && seed < 20; ++seed) {
    Report report;
    wire::RandomFill(seed).fill(report);
    wire::make_printable(report.network);
    for (AssetReport& asset : report.assets)
      asset.assessment.level = ThreatLevel::low;  // never minimal when not assessed
    ok = write("random" + std::to_string(seed) + ".json", report, true);
  }
  return ok ? 0 : 1;
}
