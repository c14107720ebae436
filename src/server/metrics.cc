#include "server/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "model/names.h"

namespace plimsoll::server {
namespace {

// Pages in memory (proc_pid_statm(5)); 0 where that cannot be read.
uint64_t resident_bytes() {
  const Result<std::string> text = read_file("/proc/self/statm", 4096);
  if (!text.ok()) return 0;
  const auto words = split_words(*text);
  return words.size() < 2 ? 0 : parse_uint(words[1]).value_or(0) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

class Text {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  template <class Number>
  void value(std::string_view name, std::string_view labels, Number number) {
    out_ += labels.empty() ? fmt::format("{} {}\n", name, number) : fmt::format("{}{{{}}} {}\n", name, labels, number);
  }
  template <class Number>
  void one(std::string_view name, std::string_view type, std::string_view help, Number number) {
    family(name, type, help);
    value(name, "", number);
  }
  std::string take() && { return std::move(out_); }

 private:
  std::string out_;
};

void tell_world(Text& out, const journal::Summary& summary) {
  out.family("plimsoll_assets", "gauge", "Assets that are there, by kind.");
  out.value("plimsoll_assets", "kind=\"host\"", summary.hosts);
  out.value("plimsoll_assets", "kind=\"container\"", summary.containers);
  out.value("plimsoll_assets", "kind=\"image\"", summary.images);
  out.family("plimsoll_assets_by_level", "gauge", "Assets by threat level.");
  for (const auto& [level, count] : summary.by_level)
    out.value("plimsoll_assets_by_level", fmt::format("level=\"{}\"", name_of(level)), count);
  out.family("plimsoll_threats", "gauge", "Open threats over all assets, by severity.");
  out.value("plimsoll_threats", "severity=\"critical\"", summary.threats.critical);
  out.value("plimsoll_threats", "severity=\"high\"", summary.threats.high);
  out.value("plimsoll_threats", "severity=\"medium\"", summary.threats.medium);
  out.value("plimsoll_threats", "severity=\"low\"", summary.threats.low);
  out.value("plimsoll_threats", "severity=\"unknown\"", summary.threats.unknown);
  out.one("plimsoll_worst_score", "gauge", "The highest threat level, 0 to 100.", summary.worst_score);
  out.one("plimsoll_assets_not_assessed", "gauge", "Assets with parts that could not be assessed.",
          summary.not_assessed);
}

}  // namespace

Result<std::string> metrics_text(Api& api) {
  PLIMSOLL_TRY(summary, api.journal().summary());
  const journal::Health health = api.journal().health();
  const World::Progress progress = api.ground().world.progress();
  const HttpCounts http = api.ground().counts ? api.ground().counts() : HttpCounts{};
  Text out;
  tell_world(out, summary);
  out.one("plimsoll_scans_total", "counter", "Scans taken in since the start.", progress.scans);
  out.one("plimsoll_rematches_total", "counter", "Matches against a new threat database without reading disks.",
          progress.rematches);
  out.one("plimsoll_last_scan_timestamp_seconds", "gauge", "When the last scan was taken in.",
          progress.last_scan.time_since_epoch().count());
  out.one("plimsoll_journal_writable", "gauge", "1 when the journal takes writes.", health.writable ? 1 : 0);
  out.one("plimsoll_journal_bytes", "gauge", "Size of the journal on disk.", health.bytes);
  out.one("plimsoll_journal_newest_event", "counter", "Sequence of the newest event.", health.newest_event);
  out.one("plimsoll_http_connections_total", "counter", "Connections taken.", http.connections);
  out.one("plimsoll_http_connections_open", "gauge", "Connections open now.", http.open);
  out.one("plimsoll_http_streams", "gauge", "Event streams open now.", http.streams);
  out.one("plimsoll_http_requests_total", "counter", "Requests answered.", http.requests);
  out.one("plimsoll_http_refused_total", "counter", "Connections closed at once: too many.", http.refused);
  out.one("plimsoll_http_malformed_total", "counter", "Requests that broke the protocol.", http.malformed);
  out.one("plimsoll_http_timed_out_total", "counter", "Requests that did not arrive in time.", http.timed_out);
  out.one("process_resident_memory_bytes", "gauge", "Memory of the process that speaks HTTP.", resident_bytes());
  return std::move(out).take();
}

}  // namespace plimsoll::server
