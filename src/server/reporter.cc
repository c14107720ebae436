#include "server/reporter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/sha256.h"
#include "base/text.h"
#include "report/formats.h"
#include "server/stored_report.h"
#include "server/trend.h"

namespace plimsoll::server {
namespace {

using notify::ScheduledReport;

constexpr size_t most_report_bytes = size_t{24} << 20;

std::string setting_of(const std::string& name) { return "report." + name + ".last"; }

std::function<bool(const Asset&)> scope_of(const ScheduledReport& report) {
  using Scope = ScheduledReport::Scope;
  return [scope = report.scope, of = report.of](const Asset& asset) {
    switch (scope) {
      case Scope::asset:
        return asset.id.value == of || asset.name == of;
      case Scope::node:
        return asset.node == of || (asset.kind == AssetKind::host && asset.name == of);
      case Scope::image:
        return asset.image == of || (asset.kind == AssetKind::image && asset.name == of);
      case Scope::all:
        break;
    }
    return true;
  };
}

// The id of an asset that is named by its id or its name; as it is where nothing is called so.
Result<std::string> id_of(const journal::Journal& journal, const std::string& name) {
  journal::AssetQuery query;
  query.text = name;
  query.limit = journal::max_page;
  do {
    PLIMSOLL_TRY(page, journal.assets(query));
    for (const journal::AssetRow& row : page.items) {
      if (row.asset.id.value == name || row.asset.name == name) return row.asset.id.value;
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return name;
}

std::string what(const ScheduledReport& report) {
  using Scope = ScheduledReport::Scope;
  const std::string of = printable(report.of, 200);
  return report.scope == Scope::asset   ? " of the asset " + of
         : report.scope == Scope::node  ? " of the node " + of
         : report.scope == Scope::image ? " of the image " + of
                                        : "";
}

// What the report is about, as the journal keeps it; nothing in it where there is no such thing now.
Result<Report> part_of(const journal::Journal& journal, const ScheduledReport& report, Instant at) {
  using Scope = ScheduledReport::Scope;
  const auto of = [&](Scope scope) { return report.scope == scope ? report.of : std::string(); };
  std::string asset = of(Scope::asset);
  if (!asset.empty()) {
    PLIMSOLL_TRY(id, id_of(journal, asset));
    asset = std::move(id);
  }
  Result<Report> part = stored_report(journal, at, asset, of(Scope::node), of(Scope::image));
  if (part.ok() || part.error().kind != ErrorKind::not_found) return part;
  Report nothing;
  nothing.generated_at = at;
  return nothing;
}

// "2026-11-28T073000Z": what every file system takes.
std::string stamp(Instant at) {
  std::string out = format_rfc3339(at);
  std::erase(out, ':');
  return out;
}

std::string counts_of(const Report& report) {
  size_t critical = 0, high = 0;
  for (const AssetReport& asset : report.assets) {
    critical += asset.assessment.level == ThreatLevel::critical;
    high += asset.assessment.level == ThreatLevel::high;
  }
  return fmt::format("{} assets, {} critical and {} high", report.assets.size(), critical, high);
}

}  // namespace

Reporter::Reporter(Ground ground) : ground_(ground) {
  for (const ScheduledReport& report : ground_.settings.reports) {
    State state{.name = report.name, .fault = {}, .last = {}, .next = {}};
    if (const auto kept = ground_.journal.setting(setting_of(report.name)); kept.ok())
      state.last = parse_rfc3339(*kept);
    // A schedule that is new begins now.
    state.next = report.schedule.next(state.last.value_or(wall_clock()));
    states_.push_back(std::move(state));
  }
  thread_ = std::thread([this] { live(); });
}

Reporter::~Reporter() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::vector<Reporter::State> Reporter::states() const {
  const std::lock_guard lock(mutex_);
  return states_;
}

void Reporter::live() {
  constexpr std::chrono::seconds look_every{1};  // by the wall's clock, which may be set
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, look_every, [this] { return ending_; })) return;
    }
    for (size_t i = 0; i < ground_.settings.reports.size(); ++i) look_after(i, wall_clock());
  }
}

void Reporter::look_after(size_t index, Instant at) {
  const ScheduledReport& report = ground_.settings.reports[index];
  State state;
  {
    const std::lock_guard lock(mutex_);
    state = states_[index];
  }
  if (!state.last) {
    // Kept at once, so that what is missed from here on is known.
    state.last = at;
    (void)ground_.journal.put_setting(setting_of(report.name), format_rfc3339(at));
  }
  if (state.next && *state.next <= at) {
    if (!ground_.world.ready()) return;
    int missed = 0;
    constexpr int most_counted = 1000;
    Instant due = *state.next;
    for (auto later = report.schedule.next(due); later && *later <= at && missed < most_counted; ++missed) {
      due = *later;
      later = report.schedule.next(due);
    }
    const std::string remark = missed > 0 ? fmt::format("It was due {} times more since {}: nobody ran then.", missed,
                                                        format_rfc3339(*state.next))
                                          : "";
    // The same id when it is made anew because we ended before the next line.
    constexpr size_t id_digits = 32;
    const Result<std::string> made = make(
        report, at, sha256_hex("report\n" + report.name + "\n" + format_rfc3339(due)).substr(0, id_digits), remark);
    state.fault = made.ok() ? "" : made.error().to_string();
    state.last = at;
    state.next = report.schedule.next(at);
    (void)ground_.journal.put_setting(setting_of(report.name), format_rfc3339(at));
  }
  const std::lock_guard lock(mutex_);
  states_[index] = std::move(state);
}

Result<std::string> Reporter::run(const std::string& name, Instant at) {
  const auto& reports = ground_.settings.reports;
  const auto found =
      std::find_if(reports.begin(), reports.end(), [&](const ScheduledReport& r) { return r.name == name; });
  if (found == reports.end())
    return Error{ErrorKind::not_found, "there is no report '" + printable(name, 60) + "' in the settings"};
  return make(*found, at, "", "Somebody asked for it.");
}

Result<std::string> Reporter::make(const ScheduledReport& report, Instant at, std::string id, std::string remark) {
  PLIMSOLL_TRY(message, write(report, at));
  message.id = std::move(id);
  if (!remark.empty()) message.text += "\n" + remark;
  return ground_.messenger.post(report.to, std::move(message));
}

Result<notify::Message> Reporter::write(const ScheduledReport& report, Instant at) const {
  notify::Message out;
  out.purpose = notify::Purpose::report;
  out.at = at;
  out.rule = report.name;
  notify::Attachment attached;
  std::string_view ending;
  if (report.trend) {
    const TrendFormat* const format = find_trend_format(report.format);
    PLIMSOLL_TRY(trend,
                 take_trend(ground_.journal, at - std::chrono::hours(24 * report.trend_days), at, scope_of(report)));
    attached.type = format->type.substr(0, format->type.find(';'));
    attached.bytes = format->render(trend);
    ending = format->ending;
    out.title = fmt::format("Trend of {} days{}: {} got worse, {} better", report.trend_days, what(report), trend.worse,
                            trend.better);
    out.text = fmt::format("{} threats appeared, {} were resolved; {} assets came, {} went.", trend.appeared,
                           trend.resolved, trend.came, trend.went);
  } else {
    const report::Format* const format = report::find_format(report.format);
    if (!ground_.world.ready()) return Error{ErrorKind::unreachable, "the first scan is not done yet"};
    PLIMSOLL_TRY(part, part_of(ground_.journal, report, at));
    report::Options options;
    options.db_age_warning_days = ground_.policy.now()->policy.scoring.db_age_warning_days;
    options.threats_per_asset = 0;
    options.columns = 120;
    attached.type = format->type.substr(0, format->type.find(';'));
    attached.bytes = format->render(part, options);
    ending = format->ending;
    out.title = "Report" + what(report) + ": " + counts_of(part);
    out.text = "As of " + format_rfc3339(part.generated_at) + ".";
    if (part.assets.empty()) out.text += " Nothing of what it is about is there now.";
  }
  if (attached.bytes.size() > most_report_bytes)
    return Error{ErrorKind::limit, "the report is larger than a message may be; narrow it with 'of'"};
  attached.name = report.name + "-" + stamp(at) + "." + std::string(ending);
  out.attachment = std::move(attached);
  return out;
}

}  // namespace plimsoll::server
