#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "analyzer/capture_file.h"
#include "cli/exit_code.h"
#include "cli/network_commands.h"
#include "cli/sandboxed.h"
#include "cli/scan_options.h"
#include "model/names.h"
#include "network/flow_names.h"
#include "report/page.h"

namespace plimsoll::cli {
namespace {

using analyzer::CaptureReading;
using network::FlowRecord;

struct ReplayOptions {
  std::string file;
  ScanOptions output;  // format and where to
};

std::string version_after(const std::string& name, const std::string& version) {
  return version.empty() ? name : name + " " + version;
}

// What beside the two ends is known: the name, the software.
std::string details_of(const FlowRecord& flow) {
  std::string out = flow.server_name.empty() ? flow.looked_up_as : flow.server_name;
  if (flow.software.empty()) return out;
  if (!out.empty()) out += ": ";
  return out + version_after(flow.software, flow.software_version);
}

// The columns of the table, as wide as the terminal allows; the counts of bytes only where there is room.
std::string row_of(size_t columns, const std::string& client, const std::string& server, const std::string& spoken,
                   std::string_view state, const std::string& to_server, const std::string& to_client) {
  constexpr size_t state_columns = 12, spoken_columns = 19, bytes_columns = 14, longest_end = 47;
  const bool bytes = columns >= 110;
  const size_t rest = state_columns + spoken_columns + 3 + (bytes ? 2 * bytes_columns : 0);
  const size_t ends = std::min(longest_end, (columns - std::min(columns, rest)) / 2);
  std::string out = report::left(client, ends) + " " + report::left(server, ends) + " " +
                    report::left(spoken, spoken_columns) + " " + report::left(state, state_columns);
  if (bytes) out += report::right(to_server, bytes_columns) + report::right(to_client, bytes_columns);
  return out;
}

std::string table_of(const CaptureReading& reading, const report::Options& how) {
  report::Page page(how.columns, how.colour);
  page.line(row_of(page.columns(), "CLIENT", "SERVER", "PROTOCOL", "STATE", "TO SERVER", "TO CLIENT"),
            report::Style::bold);
  for (const FlowRecord& flow : reading.flows) {
    page.line(row_of(page.columns(), network::to_text(flow.key.client), network::to_text(flow.key.server),
                     version_after(network::spoken_in(flow), flow.application_version), network::name_of(flow.state),
                     std::to_string(flow.bytes_to_server), std::to_string(flow.bytes_to_client)));
    if (const std::string details = details_of(flow); !details.empty()) page.line("  " + details, report::Style::dim);
  }
  if (!reading.findings.empty()) page.blank();
  for (const network::Finding& finding : reading.findings) {
    page.paragraph(fmt::format("{}  ", plimsoll::name_of(finding.severity)),
                   fmt::format("{} ({}): {} -> {}, {}, {} times. {}", finding.title, finding.detector,
                               network::to_text(finding.source), network::to_text(finding.target),
                               network::name_of(finding.outcome), finding.count, finding.evidence),
                   10, report::style_of(finding.severity));
  }
  page.blank();
  page.line(fmt::format("{} flows, {} packets, {} bytes; {} packets of other protocols than IP", reading.flows.size(),
                        reading.counts.packets, reading.counts.bytes, reading.counts.not_ip),
            report::Style::dim);
  for (const Incomplete& gap : reading.not_assessed)
    page.paragraph("not assessed: ", fmt::format("{}: {}", gap.what, gap.reason), 2, report::Style::doubt);
  return page.take();
}

int run_replay(const ReplayOptions& options) {
  const auto sandbox = start_sandbox();
  if (!sandbox.ok()) return fail(sandbox.error(), exit_incomplete);
  const Result<CaptureReading> reading = analyzer::read_capture(sandbox->get(), options.file);
  if (!reading.ok()) return fail(reading.error(), exit_incomplete);
  std::string text;
  if (options.output.format == "json") {
    text = analyzer::capture_json(*reading);
  } else {
    const Result<report::Options> how = render_options(options.output, policy::Policy{});
    if (!how.ok()) return fail(how.error(), exit_usage);
    text = table_of(*reading, *how);
  }
  if (const int code = deliver(text, options.output); code != exit_done) return code;
  return reading->not_assessed.empty() ? exit_done : exit_incomplete;
}

}  // namespace

void add_network_replay(CLI::App& network, Run& run) {
  const auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = network.add_subcommand("replay", "The flows, protocols and findings of a capture file");
  command->add_option("FILE", options->file, "A pcap or pcapng file")->required();
  command->add_option("--format", options->output.format, "table or json")->check(CLI::IsMember({"table", "json"}));
  command->add_option("-o,--output", options->output.output, "Write to this file instead of standard output");
  command->callback([options, &run] { run = [options] { return run_replay(*options); }; });
}

}  // namespace plimsoll::cli
