#include "cli/watch_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "network/flow_names.h"
#include "report/page.h"
#include "wire/json_writer.h"

namespace plimsoll::cli {
namespace {

using probe::Observation;
using probe::SeenFlow;
using wire::JsonWriter;

uint64_t bytes_of(const SeenFlow& flow) { return flow.record.bytes_to_server + flow.record.bytes_to_client; }

std::string amount(double bytes) {
  for (const char* unit : {"B", "KiB", "MiB", "GiB"}) {
    if (bytes < 1024) return fmt::format("{:.{}f} {}", bytes, bytes < 10 && *unit != 'B' ? 1 : 0, unit);
    bytes /= 1024;
  }
  return fmt::format("{:.0f} TiB", bytes);
}

std::string end_text(const AssetId& asset, const network::Endpoint& end, const AssetNames& names) {
  const auto name = names.find(asset);
  if (name == names.end()) return network::to_text(end);
  return end.port == 0 ? name->second : fmt::format("{}:{}", name->second, end.port);
}

std::string process_text(const network::Owner& owner) { return owner.process.empty() ? "-" : owner.process; }

struct Row {
  const SeenFlow* flow;
  double rate;
};

void add_rows(report::Page& page, const std::vector<Row>& rows, const AssetNames& names, size_t most) {
  constexpr size_t protocol = 12, state = 12, count = 8, number = 11, process = 16;
  const size_t fixed = protocol + state + count + 2 * number + process + 5;
  const size_t end = std::clamp<size_t>((page.columns() - std::min(page.columns(), fixed)) / 2, 12, 40);
  page.line(report::left("FROM", end) + " " + report::left("TO", end) + " " + report::left("PROTOCOL", protocol) + " " +
                report::left("STATE", state) + " " + report::left("PROCESS", process) + report::right("COUNT", count) +
                report::right("RATE/s", number) + report::right("TOTAL", number),
            report::Style::bold);
  for (size_t i = 0; i < rows.size() && (most == 0 || i < most); ++i) {
    const SeenFlow& flow = *rows[i].flow;
    page.line(report::left(end_text(flow.client, flow.record.key.client, names), end) + " " +
              report::left(end_text(flow.server, flow.record.key.server, names), end) + " " +
              report::left(network::spoken_in(flow.record), protocol) + " " +
              report::left(network::name_of(flow.record.state), state) + " " +
              report::left(process_text(flow.record.client_owner), process) +
              report::right(std::to_string(flow.connections), count) + report::right(amount(rows[i].rate), number) +
              report::right(amount(static_cast<double>(bytes_of(flow))), number));
  }
  if (most != 0 && rows.size() > most) page.line(fmt::format("and {} more", rows.size() - most), report::Style::dim);
}

void add_sources(report::Page& page, const Observation& seen) {
  for (const probe::SourceState& source : seen.sources) {
    const std::string why = source.why_not.empty() ? "" : ": " + source.why_not;
    page.line({{fmt::format("{}: ", source.name), report::Style::plain},
               {source.in_use ? "in use" : "not in use", source.in_use ? report::Style::good : report::Style::doubt},
               {why, report::Style::dim}});
  }
}

}  // namespace

std::string WatchView::table(const Observation& seen, const AssetNames& names, const report::Options& how,
                             size_t most_rows) {
  using Seconds = std::chrono::duration<double>;
  const double span =
      std::max(0.001, Seconds(seen.ended - (at_before_ == network::Time{} ? seen.began : at_before_)).count());
  std::map<Key, uint64_t> bytes_now;
  std::vector<Row> rows;
  for (const SeenFlow& flow : seen.flows) {
    const Key key{flow.client, flow.server, flow.record.key, flow.record.application, flow.record.state};
    const auto before = bytes_before_.find(key);
    const uint64_t known = before == bytes_before_.end() ? 0 : before->second, bytes = bytes_of(flow);
    bytes_now[key] = bytes;
    rows.push_back({&flow, static_cast<double>(bytes > known ? bytes - known : 0) / span});
  }
  std::ranges::stable_sort(rows, [](const Row& a, const Row& b) {
    return std::pair(a.rate, a.flow->record.last_seen) > std::pair(b.rate, b.flow->record.last_seen);
  });
  bytes_before_ = std::move(bytes_now);
  at_before_ = seen.ended;
  report::Page page(how.columns, how.colour);
  add_sources(page, seen);
  page.blank();
  add_rows(page, rows, names, most_rows);
  const WanPolicy wan;  // a live table knows no policy: what is inside is what the defaults say
  for (const probe::SeenFinding& finding : seen.findings) {
    if (!network::is_fault(finding.finding, wan)) continue;
    page.line(fmt::format("{}: {} ({} times)", finding.finding.detector, finding.finding.title, finding.finding.count),
              report::style_of(finding.finding.severity));
  }
  for (const Incomplete& gap : seen.not_assessed)
    page.line("not assessed: " + gap.what + ": " + gap.reason, report::Style::doubt);
  return page.take();
}

std::string flow_line(const SeenFlow& flow, const AssetNames& names) {
  JsonWriter out(JsonWriter::Layout::one_line);
  out.begin_object().member("type", "flow");
  const auto end = [&](const char* role, const AssetId& asset) {
    if (asset.empty()) return;
    out.key(role).begin_object().member("asset", asset.value);
    if (const auto name = names.find(asset); name != names.end()) out.member("name", name->second);
    out.end_object();
  };
  end("client", flow.client);
  end("server", flow.server);
  if (flow.connections != 1) out.member("connections", flow.connections);
  network::write_json(out.key("flow"), flow.record);
  out.end_object();
  return std::move(out).take() + "\n";
}

std::string state_line(const Observation& seen) {
  JsonWriter out(JsonWriter::Layout::one_line);
  out.begin_object().member("type", "state");
  out.member("began", network::to_text(seen.began)).member("ended", network::to_text(seen.ended));
  out.key("sources").begin_array();
  for (const probe::SourceState& source : seen.sources) {
    out.begin_object().member("name", source.name).member("in_use", source.in_use);
    if (!source.why_not.empty()) out.member("why_not", source.why_not);
    out.end_object();
  }
  out.end_array().key("findings").begin_array();
  for (const probe::SeenFinding& finding : seen.findings) network::write_json(out, finding.finding);
  out.end_array().key("not_assessed").begin_array();
  for (const Incomplete& gap : seen.not_assessed)
    out.begin_object().member("what", gap.what).member("reason", gap.reason).member("remedy", gap.remedy).end_object();
  out.end_array().end_object();
  return std::move(out).take() + "\n";
}

}  // namespace plimsoll::cli
