#include <simdjson.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "assess/world.h"
#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"
#include "server/stored_asset.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

using Element = simdjson::dom::element;

constexpr size_t most_events = 20'000, most_ids = 50, most_rows = 1000;

ThreatLevel level_at(int64_t score, const ScoringPolicy& policy) {
  return assess::level_of(static_cast<int>(score), true, policy);
}

// What many events come to.
class Changes {
 public:
  void add(const journal::Event& event) {
    ++by_kind_[event.kind];
    newest_ = event.sequence;
    ++looked_at_;
    Element body;
    if (parser_.parse(event.body).get(body) != simdjson::SUCCESS) return;
    if (event.kind == journal::event_kind::asset_appeared) {
      lives_.push_back({event, std::string(text_of(body, "name")), std::string(text_of(body, "kind")),
                        std::string(text_of(body, "level")), number_of(body, "score"), true});
    } else if (event.kind == journal::event_kind::asset_gone) {
      lives_.push_back({event, std::string(text_of(body, "name")), "", "", number_of(body, "score"), false});
    } else if (event.kind == journal::event_kind::score_changed) {
      add_score(event, body);
    } else if (event.kind == journal::event_kind::threats_changed) {
      add_threats(event, body);
    }
  }

  // `most`: rows of each list.
  std::string json(std::optional<Instant> since, journal::Sequence newest, bool cut, size_t most,
                   const ScoringPolicy& policy) {
    wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
    out.begin_object().key("since");
    wire::write_instant(out, since.value_or(Instant{}));
    out.member("newest_event", cut ? newest_ : newest).member("looked_at", looked_at_).member("cut", cut);
    out.key("counts").begin_object();
    out.member("appeared", std::ranges::count(lives_, true, &Life::came));
    out.member("gone", std::ranges::count(lives_, false, &Life::came));
    const std::vector<ScoreRow> scores = changed_scores(policy);
    out.member("scores", scores.size()).member("crossed", std::ranges::count(scores, true, &ScoreRow::crossed));
    out.member("threats", threats_.size()).member("detections", detections_.size()).end_object();
    write_lives(out, "appeared", true, most);
    write_lives(out, "gone", false, most);
    write_scores(out, scores, most);
    write_threats(out, most);
    out.key("detections").begin_array();
    for (const Detection& detection : detections_ | std::views::take(most)) {
      out.begin_object().member("asset", detection.asset).member("name", detection.name).member("id", detection.id);
      out.member("at", format_rfc3339(detection.at)).end_object();
    }
    out.end_array().key("by_kind").begin_object();
    for (const auto& [kind, count] : by_kind_) out.member(kind, count);
    out.end_object().end_object();
    return std::move(out).take() + "\n";
  }

 private:
  struct Life {
    journal::Event event;
    std::string name, kind, level;
    int64_t score = 0;
    bool came = false;
  };
  struct Score {
    std::string name, level;
    int64_t before = 0, after = 0;
    Instant at{};
  };
  struct ScoreRow {
    const std::string* asset;
    const Score* score;
    bool crossed;  // into another level
    int64_t change;
  };
  struct Threats {
    std::string name;
    int64_t appeared = 0, resolved = 0;
    std::vector<std::string> ids;
  };
  struct Detection {
    std::string asset, name, id;
    Instant at{};
  };

  void add_score(const journal::Event& event, Element body) {
    const auto [place, fresh] = scores_.try_emplace(event.subject.value);
    Score& score = place->second;
    if (fresh) score.before = number_of(body, "before");
    score.name = text_of(body, "name");
    score.level = text_of(body, "level");
    score.after = number_of(body, "after");
    score.at = event.at;
  }

  // What a sensor saw goes by the names of detectors; the rest are flaws and settings.
  static bool is_detection(std::string_view id) { return id.starts_with("net."); }

  void add_threats(const journal::Event& event, Element body) {
    Threats& threats = threats_[event.subject.value];
    threats.name = text_of(body, "name");
    threats.appeared += number_of(body, "new");
    threats.resolved += number_of(body, "resolved");
    simdjson::dom::array ids;
    if (body["new_ids"].get(ids) != simdjson::SUCCESS) return;
    for (const Element id : ids) {
      std::string_view text;
      if (id.get(text) != simdjson::SUCCESS) continue;
      if (is_detection(text) && detections_.size() < most_rows)
        detections_.push_back({event.subject.value, threats.name, std::string(text), event.at});
      if (threats.ids.size() < most_ids) threats.ids.emplace_back(text);
    }
  }

  void write_lives(wire::JsonWriter& out, const char* list, bool came, size_t most) const {
    out.key(list).begin_array();
    size_t written = 0;
    for (const Life& life : lives_) {
      if (life.came != came || written++ >= most) continue;
      out.begin_object().member("asset", life.event.subject.value).member("name", life.name);
      if (came) out.member("kind", life.kind).member("level", life.level);
      out.member("score", life.score).member("at", format_rfc3339(life.event.at)).end_object();
    }
    out.end_array();
  }

  // Those into another level first, then the largest change.
  std::vector<ScoreRow> changed_scores(const ScoringPolicy& policy) const {
    std::vector<ScoreRow> rows;
    for (const auto& [asset, score] : scores_) {
      if (score.before == score.after) continue;
      rows.push_back({&asset, &score, level_at(score.before, policy) != level_at(score.after, policy),
                      std::abs(score.after - score.before)});
    }
    std::ranges::stable_sort(rows, [](const ScoreRow& a, const ScoreRow& b) {
      return std::pair(a.crossed, a.change) > std::pair(b.crossed, b.change);
    });
    return rows;
  }

  static void write_scores(wire::JsonWriter& out, const std::vector<ScoreRow>& rows, size_t most) {
    out.key("scores").begin_array();
    for (const ScoreRow& row : rows | std::views::take(most)) {
      const Score& score = *row.score;
      out.begin_object().member("asset", *row.asset).member("name", score.name).member("before", score.before);
      out.member("after", score.after).member("level", score.level).member("crossed", row.crossed);
      out.member("at", format_rfc3339(score.at)).end_object();
    }
    out.end_array();
  }

  void write_threats(wire::JsonWriter& out, size_t most) const {
    std::vector<std::pair<std::string, Threats>> rows(threats_.begin(), threats_.end());
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.second.appeared > b.second.appeared; });
    int64_t appeared = 0, resolved = 0;
    out.key("threats").begin_array();
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto& [asset, threats] = rows[i];
      appeared += threats.appeared;
      resolved += threats.resolved;
      if (i >= most) continue;
      out.begin_object().member("asset", asset).member("name", threats.name).member("new", threats.appeared);
      out.member("resolved", threats.resolved).key("new_ids");
      wire::write_strings(out, threats.ids);
      out.end_object();
    }
    out.end_array().member("new_threats", appeared).member("resolved_threats", resolved);
  }

  simdjson::dom::parser parser_;
  std::vector<Life> lives_;
  std::map<std::string, Score> scores_;
  std::map<std::string, Threats> threats_;
  std::vector<Detection> detections_;
  std::map<std::string, uint64_t> by_kind_;
  uint64_t looked_at_ = 0;
  journal::Sequence newest_ = 0;
};

Response trend_response(const std::vector<journal::TrendPoint>& points, int64_t step) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("items").begin_array();
  for (size_t i = 0; i < points.size();) {
    const int64_t begin = points[i].at.time_since_epoch().count() / step * step;
    size_t worst = i, last = i;
    for (; i < points.size() && points[i].at.time_since_epoch().count() / step * step == begin; last = i++) {
      if (points[i].worst_score > points[worst].worst_score) worst = i;
    }
    out.begin_object().member("at", format_rfc3339(Instant(std::chrono::seconds(begin))));
    out.member("worst_score", points[worst].worst_score).member("worst", points[worst].worst).key("by_level");
    out.begin_object();
    for (const auto& [level, count] : points[last].by_level) out.member(name_of(level), count);
    out.end_object().end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace

Response get_changes(Api& api, const Call& call) {
  journal::EventQuery query;
  query.limit = journal::max_page;
  Instant since = call.now - std::chrono::days(1);
  if (const Status taken = take_number(call, "after", query.after); !taken.ok()) return problem(taken.error());
  if (const Status taken = take_time(call, "since", since); !taken.ok()) return problem(taken.error());
  size_t most = most_rows;
  if (const Status taken = take_limit(call, most, most_rows); !taken.ok()) return problem(taken.error());
  const bool by_time = call.asked("after").empty() || !call.asked("since").empty();
  if (by_time) query.since = since;
  PLIMSOLL_OR_PROBLEM(summary, api.journal().summary());
  Changes changes;
  size_t looked_at = 0;
  bool cut = false;
  for (bool more = true; more && !cut;) {
    PLIMSOLL_OR_PROBLEM(events, api.journal().events(query));
    for (const journal::Event& event : events) changes.add(event);
    looked_at += events.size();
    more = events.size() == query.limit;
    cut = more && looked_at >= most_events;
    if (!events.empty()) query.after = events.back().sequence;
  }
  return json_response(changes.json(by_time ? std::optional(since) : std::nullopt, summary.newest_event, cut, most,
                                    api.in_force()->policy.scoring));
}

Response get_trend(Api& api, const Call& call) {
  constexpr int64_t hour = 3600, day = 24 * hour, most = 365;
  uint64_t days = 30;
  if (const Status taken = take_number(call, "days", days); !taken.ok()) return problem(taken.error());
  if (days == 0 || days > most) return problem(not_a_value("days", call.asked("days")));
  const Instant until = call.now + std::chrono::seconds(1);
  PLIMSOLL_OR_PROBLEM(points, api.journal().trend(until - std::chrono::days(days), until));
  return trend_response(points, days <= 3 ? hour : day);
}

}  // namespace plimsoll::server
