#include <algorithm>
#include <array>

#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"

namespace plimsoll::server {
namespace {

Status take_sort(const Call& call, journal::AssetQuery::Sort& sort) {
  using Sort = journal::AssetQuery::Sort;
  constexpr std::array<std::pair<std::string_view, Sort>, 6> sorts{{{"score", Sort::score},
                                                                    {"name", Sort::name},
                                                                    {"critical", Sort::critical},
                                                                    {"node", Sort::node},
                                                                    {"image", Sort::image},
                                                                    {"scanned_at", Sort::scanned_at}}};
  const std::string_view asked = call.asked("sort");
  if (asked.empty()) return Done{};
  for (const auto& [name, value] : sorts) {
    if (name != asked) continue;
    sort = value;
    return Done{};
  }
  return not_a_value("sort", asked);
}

// The highest score of each of the last seven days, oldest first; a day without a point has that of the day before, as
// a point is written when something changes.
std::string trail_json(const std::vector<journal::ScorePoint>& points, Instant begin) {
  constexpr size_t days = 7;
  std::array<int, days> highest;
  highest.fill(-1);
  int last = -1;
  size_t next = 0;
  for (size_t day = 0; day < days; ++day) {
    const Instant end = begin + std::chrono::days(day + 1);
    highest[day] = last;
    for (; next < points.size() && points[next].at < end; ++next) {
      last = points[next].score;
      highest[day] = std::max(highest[day], last);
    }
  }
  std::string out = "[";
  for (const int score : highest) out += (out.size() == 1 ? "" : ",") + (score < 0 ? "null" : std::to_string(score));
  return out + "]";
}

struct Trailed {
  journal::AssetRow row;
  std::string trail;  // JSON
};
void write_row(wire::JsonWriter& out, const Trailed& asset, const OpenResponses& open) {
  wire::JsonWriter row(wire::JsonWriter::Layout::one_line);
  server::write_row(row, asset.row, open);
  std::string text = std::move(row).take();
  text.pop_back();
  out.document(text + ",\"trail\": " + asset.trail + "}");
}

Result<journal::Page<Trailed>> with_trails(const journal::Journal& journal, Instant now,
                                           journal::Page<journal::AssetRow> page) {
  const Instant end = now + std::chrono::seconds(1), begin = end - std::chrono::days(7);
  journal::Page<Trailed> out{{}, page.next, page.total};
  for (journal::AssetRow& row : page.items) {
    PLIMSOLL_TRY(points, journal.history(row.asset.id, begin, end));
    out.items.push_back({std::move(row), trail_json(points, begin)});
  }
  return out;
}

}  // namespace

Response get_summary(Api& api, const Call&) {
  PLIMSOLL_OR_PROBLEM(summary, api.journal().summary());
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("hosts", summary.hosts).member("containers", summary.containers);
  out.member("images", summary.images).member("gone", summary.gone).key("by_level").begin_object();
  for (const ThreatLevel level :
       {ThreatLevel::critical, ThreatLevel::high, ThreatLevel::medium, ThreatLevel::low, ThreatLevel::minimal}) {
    const auto found = summary.by_level.find(level);
    out.member(name_of(level), found == summary.by_level.end() ? 0 : found->second);
  }
  out.end_object().member("worst_score", summary.worst_score).member("worst", summary.worst.value).key("threats");
  write_counts(out, summary.threats);
  out.member("known_exploited", summary.known_exploited).member("not_assessed", summary.not_assessed);
  out.member("newest_event", summary.newest_event).end_object();
  return json_response(std::move(out).take() + "\n");
}

Response list_assets(Api& api, const Call& call) {
  constexpr size_t most_trails = 200;
  journal::AssetQuery query;
  bool trail = false;
  const auto take = [&]() -> Status {
    PLIMSOLL_CHECK(take_word(call, "kind", parse_asset_kind, query.kind));
    PLIMSOLL_CHECK(take_words(call, "level", parse_threat_level, query.levels));
    PLIMSOLL_CHECK(take_truth(call, "gone", query.gone));
    PLIMSOLL_CHECK(take_truth(call, "trail", trail));
    PLIMSOLL_CHECK(take_limit(call, query.limit, trail ? most_trails : journal::max_page));
    return take_sort(call, query.sort);
  };
  if (const Status taken = take(); !taken.ok()) return problem(taken.error());
  query.text = call.asked("text");
  query.node = call.asked("node");
  query.image = call.asked("image");
  query.cursor = call.asked("cursor");
  PLIMSOLL_OR_PROBLEM(page, api.journal().assets(query));
  const OpenResponses open = api.open_responses();
  if (!trail) return json_response(page_json(page, open));
  PLIMSOLL_OR_PROBLEM(trailed, with_trails(api.journal(), call.now, std::move(page)));
  return json_response(page_json(trailed, open));
}

Response get_asset(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(detail, api.journal().asset({call.parameter("id")}));
  wire::JsonWriter row(wire::JsonWriter::Layout::one_line);
  write_row(row, detail.row, api.open_responses());
  return json_response("{\"row\": " + std::move(row).take() + ",\n\"inventory\": \"" + detail.inventory +
                       "\",\n\"report\": " + (detail.report_json.empty() ? "null" : detail.report_json) + "}\n");
}

Response get_asset_history(Api& api, const Call& call) {
  constexpr std::chrono::days usual{30};
  constexpr size_t most_events = 500;
  const AssetId id{call.parameter("id")};
  // The end is not in it: what was seen in this very second is.
  Instant since = call.now - usual, until = call.now + std::chrono::seconds(1);
  if (const Status taken = take_times(call, since, until); !taken.ok()) return problem(taken.error());
  PLIMSOLL_OR_PROBLEM(points, api.journal().history(id, since, until));
  journal::EventQuery about;
  about.subject = id;
  about.since = since;
  about.until = until;
  about.limit = most_events + 1;
  PLIMSOLL_OR_PROBLEM(events, api.journal().events(about));
  const bool cut = events.size() > most_events;
  if (cut) events.pop_back();
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("items").begin_array();
  for (const journal::ScorePoint& point : points) write_row(out, point);
  out.end_array().key("events").begin_array();
  for (const journal::Event& event : events) out.document(event_json(event));
  out.end_array().member("events_cut", cut).end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace plimsoll::server
