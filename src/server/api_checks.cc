#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/keyed_page.h"
#include "server/parameters.h"
#include "server/stored_asset.h"

namespace plimsoll::server {
namespace {

using Element = simdjson::dom::element;

struct CheckFilter {
  std::vector<CheckOutcome> outcomes;
  std::vector<SeverityLevel> levels;
  std::string text;
};
Result<CheckFilter> check_filter(const Call& call) {
  CheckFilter out;
  PLIMSOLL_CHECK(take_words(call, "outcome", parse_check_outcome, out.outcomes));
  PLIMSOLL_CHECK(take_words(call, "level", parse_severity_level, out.levels));
  out.text = lower(call.asked("text"));
  return out;
}

template <class T>
bool wanted(const std::vector<T>& list, T value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

CheckOutcome outcome_of(Element check) {
  return parse_check_outcome(text_of(check, "outcome")).value_or(CheckOutcome::unknown);
}
SeverityLevel severity_of(Element check) {
  return parse_severity_level(text_of(check, "severity")).value_or(SeverityLevel::unknown);
}

bool passes(Element check, const CheckFilter& filter) {
  if (!wanted(filter.outcomes, outcome_of(check)) || !wanted(filter.levels, severity_of(check))) return false;
  if (filter.text.empty()) return true;
  for (const std::string_view name : {"rule", "title", "subject", "section"}) {
    if (lower(text_of(check, name)).find(filter.text) != std::string::npos) return true;
  }
  return false;
}

std::string row_json(const journal::AssetRow& row, Element check) {
  wire::JsonWriter more(wire::JsonWriter::Layout::one_line);
  more.begin_object().member("asset", row.asset.id.value).member("asset_name", row.asset.name).end_object();
  std::string text = std::move(more).take();
  text.pop_back();
  return with_members(check, "," + text.substr(1));
}

// Where a page of all assets' checks ended: at the so-manieth row of an asset.
struct Place {
  std::string assets;  // cursor of the assets before this one
  size_t row = 0;
};
Result<Place> place_of(const Call& call) {
  PLIMSOLL_TRY(cursor, journal::parse_cursor(call.asked("cursor")));
  if (!cursor) return Place{};
  if (cursor->no < 0) return Error{ErrorKind::malformed, "not a cursor of a page"};
  return Place{cursor->key, static_cast<size_t>(cursor->no)};
}

struct Row {
  std::string number, level;
  bool scored = true;
  Element check;
};

// A check as the benchmark and edition that was asked for calls it; nothing when it does not.
void take_rows(Element check, std::string_view benchmark, std::string_view edition, std::vector<Row>& rows) {
  if (benchmark.empty()) {
    rows.push_back({std::string(text_of(check, "rule")), "", true, check});
    return;
  }
  simdjson::dom::array controls;
  if (check["controls"].get(controls) != simdjson::SUCCESS) return;
  for (const Element control : controls) {
    if (text_of(control, "benchmark") != benchmark || text_of(control, "edition") != edition) continue;
    rows.push_back({std::string(text_of(control, "id")), std::string(text_of(control, "level")),
                    truth_of(control, "scored"), check});
  }
}

// "1.10" behind "1.9": by its numbers.
bool is_before(const std::string& a, const std::string& b) {
  const auto parts_a = split(a, '.'), parts_b = split(b, '.');
  for (size_t i = 0; i < std::min(parts_a.size(), parts_b.size()); ++i) {
    const auto x = parse_uint(parts_a[i]), y = parse_uint(parts_b[i]);
    if (x && y && *x != *y) return *x < *y;
    if (!(x && y) && parts_a[i] != parts_b[i]) return parts_a[i] < parts_b[i];
  }
  return parts_a.size() < parts_b.size();
}

using Edition = std::pair<std::string, std::string>;

// Every benchmark and edition that some check of the asset stands in.
std::vector<Edition> editions_of(const std::vector<Element>& checks) {
  std::vector<Edition> out;
  for (const Element check : checks) {
    simdjson::dom::array controls;
    if (check["controls"].get(controls) != simdjson::SUCCESS) continue;
    for (const Element control : controls) {
      Edition edition{text_of(control, "benchmark"), text_of(control, "edition")};
      if (std::find(out.begin(), out.end(), edition) == out.end()) out.push_back(std::move(edition));
    }
  }
  std::sort(out.begin(), out.end(), [](const Edition& a, const Edition& b) {
    return a.first != b.first ? a.first < b.first : is_before(a.second, b.second);
  });
  return out;
}

struct Section {
  std::string title;
  OutcomeCounts counts{};
  std::vector<Row> rows;
};

// The heading of a control's section: that of its map, by the longest beginning of its number.
std::string title_of(const benchmark::RuleSet& rules, const Edition& edition, const Row& row) {
  if (edition.first.empty()) return std::string(text_of(row.check, "section"));
  for (const benchmark::ControlMap& map : rules.maps) {
    if (map.benchmark != edition.first || map.edition != edition.second) continue;
    for (std::string number = row.number; !number.empty();
         number = number.find('.') == std::string::npos ? "" : number.substr(0, number.rfind('.'))) {
      if (const auto found = map.sections.find(number); found != map.sections.end())
        return number + " " + found->second;
    }
  }
  const size_t dot = row.number.find('.');
  return dot == std::string::npos ? std::string(text_of(row.check, "section")) : row.number.substr(0, dot);
}

void write_row(wire::JsonWriter& out, const Row& row) {
  out.begin_object().member("number", row.number).member("level", row.level).member("scored", row.scored);
  for (const char* name : {"rule", "subject", "title", "outcome", "severity", "evidence", "reason", "remedy"})
    out.member(name, text_of(row.check, name));
  out.end_object();
}

double share_of(const OutcomeCounts& counts) {
  const auto of = [&](CheckOutcome outcome) { return static_cast<double>(counts[static_cast<size_t>(outcome)]); };
  const double judged = of(CheckOutcome::pass) + of(CheckOutcome::fail) + of(CheckOutcome::unknown);
  return judged == 0 ? -1 : of(CheckOutcome::pass) / judged;
}

// The edition that was asked for; else the first benchmark's newest.
Result<Edition> wanted_edition(const Call& call, const std::vector<Edition>& there) {
  const std::string_view benchmark = call.asked("benchmark"), edition = call.asked("edition");
  if (there.empty() && benchmark.empty()) return Edition{};
  for (auto each = there.rbegin(); each != there.rend(); ++each) {
    const std::string_view name = benchmark.empty() ? std::string_view(there.front().first) : benchmark;
    if (each->first == name && (edition.empty() || each->second == edition)) return *each;
  }
  return Error{ErrorKind::not_found, "no check of this asset stands in that benchmark and edition"};
}

}  // namespace

// Asset after asset by name, so that a page needs no more of the journal than it shows; after so many a page ends, even
// when it is not full.
Response list_checks(Api& api, const Call& call) {
  size_t limit = 100;
  if (const Status taken = take_limit(call, limit, journal::max_page); !taken.ok()) return problem(taken.error());
  PLIMSOLL_OR_PROBLEM(filter, check_filter(call));
  PLIMSOLL_OR_PROBLEM(place, place_of(call));
  const std::string_view wanted_asset = call.asked("asset");
  journal::AssetQuery query;
  query.sort = journal::AssetQuery::Sort::name;
  query.node = call.asked("node");
  query.limit = 1;
  constexpr size_t most_assets = 200;
  std::string out = "{\"items\": [", next;
  size_t taken = 0, looked_at = 0;
  for (bool more = true; more && next.empty();) {
    if (looked_at++ == most_assets) {
      next = journal::to_text({place.assets, 0});
      break;
    }
    query.cursor = place.assets;
    journal::AssetRow row;
    std::string following;
    if (wanted_asset.empty()) {
      PLIMSOLL_OR_PROBLEM(page, api.journal().assets(query));
      if (page.items.empty()) break;
      row = std::move(page.items.front());
      following = page.next;
    } else {
      row.asset.id.value = wanted_asset;
    }
    PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), row.asset.id));
    const std::vector<Element> checks = asset.list("checks");
    for (size_t i = place.row; i < checks.size(); ++i) {
      if (!passes(checks[i], filter)) continue;
      if (taken == limit) {
        next = journal::to_text({place.assets, static_cast<int64_t>(i)});
        break;
      }
      out += (taken++ == 0 ? "\n" : ",\n") + row_json(asset.row(), checks[i]);
    }
    more = !following.empty();
    place = {following, 0};
  }
  return json_response(out + "],\n\"next\": " + (next.empty() ? "null" : "\"" + next + "\"") + "}\n");
}

Response list_asset_checks(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(filter, check_filter(call));
  PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), {call.parameter("id")}));
  KeyedPages pages(call);
  size_t at = 0;
  for (const Element check : asset.list("checks")) {
    ++at;
    if (passes(check, filter)) pages.add(fmt::format("{:06}", at), row_json(asset.row(), check));
  }
  PLIMSOLL_OR_PROBLEM(page, pages.json());
  return json_response(std::move(page));
}

Response get_asset_benchmark(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(filter, check_filter(call));
  PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), {call.parameter("id")}));
  const std::vector<Element> checks = asset.list("checks");
  const std::vector<Edition> editions = editions_of(checks);
  PLIMSOLL_OR_PROBLEM(edition, wanted_edition(call, editions));
  std::vector<Row> rows;
  for (const Element check : checks) take_rows(check, edition.first, edition.second, rows);
  if (!edition.first.empty())
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return is_before(a.number, b.number); });
  std::vector<Section> sections;
  OutcomeCounts all{};
  const std::shared_ptr<const InForce> in_force = api.in_force();
  for (Row& row : rows) {
    const std::string title = title_of(in_force->rules, edition, row);
    auto section = std::find_if(sections.begin(), sections.end(), [&](const Section& s) { return s.title == title; });
    if (section == sections.end()) section = sections.insert(section, Section{title, {}, {}});
    const auto outcome = static_cast<size_t>(outcome_of(row.check));
    ++all[outcome];
    ++section->counts[outcome];
    if (passes(row.check, filter)) section->rows.push_back(std::move(row));
  }
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("asset", asset.row().asset.id.value).member("asset_name", asset.row().asset.name);
  out.member("benchmark", edition.first).member("edition", edition.second).key("editions").begin_array();
  for (const auto& [benchmark, name] : editions)
    out.begin_object().member("benchmark", benchmark).member("edition", name).end_object();
  out.end_array().key("counts");
  write_counts(out, all);
  out.key("pass_rate");
  if (share_of(all) < 0)
    out.null();
  else
    out.value(share_of(all));
  out.key("sections").begin_array();
  for (const Section& section : sections) {
    out.begin_object().member("title", section.title).key("counts");
    write_counts(out, section.counts);
    out.key("rows").begin_array();
    for (const Row& row : section.rows) write_row(out, row);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace plimsoll::server
