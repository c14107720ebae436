#pragma once
#include <string>

#include "journal/journal.h"
#include "model/report.h"
#include "server/response_desk.h"
#include "wire/json_writer.h"

namespace plimsoll::server {

// Rows of the journal as the API's JSON (docs/openapi.yaml names the shapes).
void write_row(wire::JsonWriter& out, const journal::AssetRow& row, const OpenResponses& open);
void write_row(wire::JsonWriter& out, const journal::ThreatGroup& group);
void write_row(wire::JsonWriter& out, const journal::ThreatRow& row);
void write_row(wire::JsonWriter& out, const journal::ScorePoint& point);
void write_row(wire::JsonWriter& out, const Flow& flow);
void write_row(wire::JsonWriter& out, const journal::PackageHolder& holder);
void write_row(wire::JsonWriter& out, const journal::PackageGroup& group);
void write_row(wire::JsonWriter& out, const FixAction& fix);
void write_row(wire::JsonWriter& out, const FixAction::Fall& fall);
// What is in force on one asset or waits for approval: "responses": [...].
void write_open(wire::JsonWriter& out, const OpenResponses& open, const AssetId& asset);
void write_counts(wire::JsonWriter& out, const OutcomeCounts& counts);
void write_counts(wire::JsonWriter& out, const journal::SeverityCounts& counts);

// One event; its body stands in it as it was written.
std::string event_json(const journal::Event& event);

// {"items": [...], "next": "..."}; next is null at the end. `more`: what write_row() of T wants beside it.
template <class T, class... More>
std::string page_json(const std::vector<T>& items, const std::string& next, const More&... more) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("items").begin_array();
  for (const T& item : items) write_row(out, item, more...);
  out.end_array().key("next");
  if (next.empty())
    out.null();
  else
    out.value(next);
  out.end_object();
  return std::move(out).take() + "\n";
}

// The same with the number of all, null but on the first page.
template <class T, class... More>
std::string page_json(const journal::Page<T>& page, const More&... more) {
  std::string out = page_json(page.items, page.next, more...);
  out.resize(out.size() - 2);  // "}\n"
  return out + ",\"total\": " + (page.total ? std::to_string(*page.total) : "null") + "}\n";
}

}  // namespace plimsoll::server
