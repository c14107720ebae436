#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/names.h"
#include "report/html.h"
#include "server/trend.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

std::string_view fate_of(const TrendRow& row) {
  return row.went ? "gone" : row.came ? "new" : row.rise() > 0 ? "worse" : row.rise() < 0 ? "better" : "same";
}

std::string before_of(const TrendRow& row) { return row.before ? std::to_string(*row.before) : ""; }

std::string sentence_of(const Trend& trend) {
  return fmt::format(
      "{} to {}: {} assets came, {} went, {} got worse, {} better; {} threats appeared, {} were resolved",
      format_rfc3339(trend.since), format_rfc3339(trend.until), trend.came, trend.went, trend.worse, trend.better,
      trend.appeared, trend.resolved);
}

std::string trend_json(const Trend& trend) {
  wire::JsonWriter out;
  out.begin_object().member("schema", "plimsoll.trend/1").member("since", format_rfc3339(trend.since));
  out.member("until", format_rfc3339(trend.until)).member("came", trend.came).member("went", trend.went);
  out.member("worse", trend.worse).member("better", trend.better).member("threats_appeared", trend.appeared);
  out.member("threats_resolved", trend.resolved).key("assets").begin_array();
  for (const TrendRow& row : trend.rows) {
    out.begin_object().member("id", row.asset.asset.id.value).member("kind", name_of(row.asset.asset.kind));
    out.member("name", row.asset.asset.name)
        .member("node", row.asset.asset.node)
        .member("fate", fate_of(row))
        .key("before");
    if (row.before)
      out.value(*row.before);
    else
      out.null();
    out.member("after", row.asset.score).member("highest", row.highest).member("level", name_of(row.asset.level));
    out.member("threats_appeared", row.appeared).member("threats_resolved", row.resolved).end_object();
  }
  out.end_array().end_object();
  return std::move(out).take() + "\n";
}

// RFC 4180; what a spreadsheet would take for a formula gets a mark before it.
std::string csv_field(std::string_view text) {
  std::string plain = printable(text, 500);
  if (!plain.empty() && std::string_view("=+-@\t").find(plain[0]) != std::string_view::npos) plain.insert(0, "'");
  if (plain.find_first_of(",\"") == std::string::npos) return plain;
  std::string out = "\"";
  for (const char c : plain) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string trend_csv(const Trend& trend) {
  std::string out = "name,kind,node,fate,before,after,highest,level,threats_appeared,threats_resolved,id\r\n";
  for (const TrendRow& row : trend.rows) {
    const Asset& asset = row.asset.asset;
    out += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\r\n", csv_field(asset.name), name_of(asset.kind),
                       csv_field(asset.node), fate_of(row), before_of(row), row.asset.score, row.highest,
                       name_of(row.asset.level), row.appeared, row.resolved, csv_field(asset.id.value));
  }
  return out;
}

std::string trend_table(const Trend& trend) {
  std::string out = sentence_of(trend) + "\n\n";
  out += fmt::format("{:<7} {:>6} {:>6} {:>7}  {:<9} {:>8} {:>8}  {}\n", "", "before", "after", "highest", "level",
                     "appeared", "resolved", "asset");
  for (const TrendRow& row : trend.rows) {
    out += fmt::format("{:<7} {:>6} {:>6} {:>7}  {:<9} {:>8} {:>8}  {}\n", fate_of(row), before_of(row),
                       row.asset.score, row.highest, name_of(row.asset.level), row.appeared, row.resolved,
                       printable(row.asset.asset.name, 60));
  }
  return out;
}

std::string trend_html(const Trend& trend) {
  constexpr std::string_view style =
      "body{font:15px/1.5 system-ui,sans-serif;margin:2em;color:#1b2733}table{border-collapse:collapse}"
      "th,td{padding:.3em .8em;border-bottom:1px solid #d5dde5;text-align:left}td.n{text-align:right}"
      ".worse,.new{color:#a11}.better,.gone{color:#176}";
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Plimsoll: trend</title>";
  // No script, nothing from elsewhere: whatever a name of a container holds.
  out += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '" +
         report::csp_hash(style) + "'\">";
  out += "<style>" + std::string(style) + "</style></head><body><h1>How it went</h1><p>" +
         report::escape_html(sentence_of(trend)) +
         ".</p>\n<table><thead><tr><th>asset</th><th></th><th>before</th>"
         "<th>after</th><th>highest</th><th>level</th><th>threats appeared</th><th>resolved</th></tr></thead><tbody>\n";
  for (const TrendRow& row : trend.rows) {
    out += fmt::format(
        "<tr><td>{}</td><td class=\"{}\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
        "<td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
        report::escape_html(row.asset.asset.name), fate_of(row), fate_of(row), before_of(row), row.asset.score,
        row.highest, name_of(row.asset.level), row.appeared, row.resolved);
  }
  return out + "</tbody></table></body></html>\n";
}

constexpr std::array formats = {
    TrendFormat{"json", "application/json", "json", trend_json},
    TrendFormat{"html", "text/html; charset=utf-8", "html", trend_html},
    TrendFormat{"csv", "text/csv; charset=utf-8", "csv", trend_csv},
    TrendFormat{"table", "text/plain; charset=utf-8", "txt", trend_table},
};

}  // namespace

std::span<const TrendFormat> trend_formats() { return formats; }

const TrendFormat* find_trend_format(std::string_view name) {
  const auto found = std::find_if(formats.begin(), formats.end(), [&](const TrendFormat& f) { return f.name == name; });
  return found == formats.end() ? nullptr : &*found;
}

}  // namespace plimsoll::server
