#include "server/analyst.h"

#include <malloc.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "base/sha256.h"
#include "model/names.h"
#include "server/channel.h"
#include "server/exception_book.h"
#include "server/inside_networks.h"
#include "server/shown.h"
#include "server/stored_judge.h"
#include "threatdb/starter.h"
#include "wire/recording.h"

namespace plimsoll::server {
namespace {

constexpr std::chrono::seconds look_every{1};
constexpr std::chrono::hours care_every{1};
constexpr std::chrono::seconds judge_every{5};
constexpr std::chrono::days forgotten_after{90};  // ended exceptions; what was said of them stays in the journal
constexpr const char* judged_setting = "judged.with";
constexpr const char* ended_setting = "exceptions.ended-until";

journal::Retention retention_of(const RetentionPolicy& policy) {
  const auto whole = [](std::chrono::seconds length) { return std::chrono::ceil<std::chrono::days>(length); };
  journal::Retention out;
  out.events = whole(policy.events);
  out.scores = whole(policy.scores);
  out.flows = whole(policy.flows);
  out.resolved_threats = whole(policy.resolved_threats);
  out.gone_assets = whole(policy.gone_assets);
  out.fine_scores = whole(policy.fine_scores);
  out.fine_flows = whole(policy.fine_flows);
  out.max_bytes = static_cast<uint64_t>(policy.most_megabytes) << 20;
  return out;
}

}  // namespace

Analyst::Analyst(journal::Journal& journal, World& world, const PolicyInForce& by, Settings settings, Judged judged)
    : journal_(journal),
      world_(world),
      by_(by),
      settings_(std::move(settings)),
      judged_(std::move(judged)),
      in_force_(by.now()),
      policy_(in_force_->policy),
      thread_([this] { live(); }) {}

Analyst::~Analyst() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Analyst::take_facts(std::string recording) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
    waiting_.push_back({true, std::move(recording)});
  }
  changed_.notify_all();
}

void Analyst::take_changes(std::string delta) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({false, std::move(delta)});
  }
  changed_.notify_all();
}

void Analyst::judge_anew(const char* because) {
  {
    const std::lock_guard lock(mutex_);
    anew_ = because;
  }
  changed_.notify_all();
}

void Analyst::live() {
  begin();
  for (;;) {
    std::vector<Waiting> news;
    const char* anew = nullptr;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, look_every, [this] { return ending_ || anew_ != nullptr || !waiting_.empty(); });
      if (ending_) return;
      news.swap(waiting_);
      anew = std::exchange(anew_, nullptr);
    }
    const auto told = [&](const Status& done, const std::string& what) {
      const std::string fault = done.ok() ? "" : what + done.error().to_string();
      world_.change_progress([&](World::Progress& progress) { progress.scan.fault = fault; });
    };
    if (next_end_ && wall_clock() >= *next_end_) end_exceptions(wall_clock());
    if (!news.empty()) {
      told(assess(news), "");
    } else if (!(mark() == db_mark_)) {
      look_at_database();
      const Status done = assess_stored("threat-db");
      told(done, "matching anew: ");
      if (done.ok()) world_.change_progress([](World::Progress& progress) { ++progress.rematches; });
    } else if (anew != nullptr || (next_end_ && wall_clock() >= *next_end_)) {
      told(assess_stored(anew != nullptr ? anew : "exceptions"), "judging anew: ");
    }
    judge_again();
    care(wall_clock());
  }
}

// What was known when the service ended is shown until the probe has looked again. It is judged anew only where that
// could come out in another way.
void Analyst::begin() {
  look_at_database();
  end_exceptions(wall_clock());
  const Result<std::string> judged = journal_.setting(judged_setting);
  const Result<std::string> overview = journal_.overview_json();
  const bool known = overview.ok() && !overview->empty();
  if (known) world_.set_ready();
  if (known && judged.ok() && *judged == mark_of_judgement()) return;
  if (assess_stored("threat-db").ok()) world_.change_progress([](World::Progress& progress) { ++progress.rematches; });
}

Analyst::FileMark Analyst::mark() const {
  struct stat status{};
  const std::string path = settings_.db_path.empty() ? threatdb::default_path() : settings_.db_path;
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino, static_cast<uint64_t>(status.st_size), status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec};
}

// The file is looked at before it is opened: one that takes its place in between is seen the next time.
void Analyst::look_at_database() {
  db_mark_ = mark();
  Result<threatdb::ThreatDb> opened = threatdb::open_or_starter_pack(settings_.db_path);
  if (opened.ok()) {
    db_ = std::move(*opened);
    return;
  }
  // The one that is open stays: it is mapped, and better than none.
  world_.change_progress(
      [&](World::Progress& progress) { progress.scan.fault = "threat database: " + opened.error().to_string(); });
}

std::string Analyst::mark_of_judgement() const {
  std::string what = std::string(PLIMSOLL_VERSION) + '\n' + in_force_->judged_with;
  if (db_) {
    const ThreatDbInfo info = db_->info();
    what += '\n' + std::to_string(info.records) + ' ' + (info.built_at ? format_rfc3339(*info.built_at) : "");
  }
  for (const char* beginning : {"exception/", "networks"}) {
    for (const auto& [name, text] : journal_.settings(beginning).value_or({})) what += '\n' + name + ' ' + text;
  }
  return sha256_hex(what);
}

Result<std::vector<Exception>> Analyst::all_exceptions() const {
  PLIMSOLL_TRY(out, ExceptionBook(journal_).all());
  const std::vector<Exception>& of_policy = in_force_->policy.exceptions;
  out.insert(out.end(), of_policy.begin(), of_policy.end());
  return out;
}

// Tells of those that have ended since it was looked last, also while the service was down.
void Analyst::end_exceptions(Instant at) {
  const Result<std::string> text = journal_.setting(ended_setting);
  const Instant since = text.ok() ? parse_rfc3339(*text).value_or(at) : Instant{};
  const Result<std::vector<Exception>> all = all_exceptions();
  if (!all.ok()) return;
  std::vector<journal::NewEvent> events;
  for (const Exception& exception : *all) {
    if (exception.expires_at > since && exception.expires_at <= at)
      events.push_back({"exception.expired", "exceptions", exception.asset, exception_json(exception), at});
  }
  if (events.empty() || !journal_.append(std::move(events)).ok()) return;
  (void)journal_.put_setting(ended_setting, format_rfc3339(at));
}

// What a new policy excepts until a time that is over is told at once: it never holds.
void Analyst::take_policy(Instant at) {
  const std::shared_ptr<const InForce> before = std::exchange(in_force_, by_.now());
  if (before == in_force_) return;
  policy_ = in_force_->policy;
  const std::vector<Exception>& known = before->policy.exceptions;
  std::vector<journal::NewEvent> events;
  for (const Exception& exception : policy_.exceptions) {
    if (exception.expires_at <= at && std::find(known.begin(), known.end(), exception) == known.end())
      events.push_back({"exception.expired", "policy", {}, exception_json(exception), at});
  }
  if (!events.empty()) (void)journal_.append(std::move(events));  // its state is told by the journal's health
}

// Policy, exceptions and networks of now.
Status Analyst::take_what_is_judged_by() {
  PLIMSOLL_TRY(exceptions, ExceptionBook(journal_).all());
  PLIMSOLL_TRY(networks, read_networks(journal_));
  exceptions_ = std::move(exceptions);
  take_policy(wall_clock());
  policy_.network = networks ? networks->networks : in_force_->policy.network;
  const Instant at = wall_clock();
  next_end_.reset();
  for (const std::vector<Exception>* list : {&exceptions_, &policy_.exceptions}) {
    for (const Exception& exception : *list) {
      if (exception.expires_at > at && (!next_end_ || exception.expires_at < *next_end_))
        next_end_ = exception.expires_at;
    }
  }
  return Done{};
}

Status Analyst::judge_and_keep(Report report, journal::Recording how, bool write_all) {
  PLIMSOLL_CHECK(take_what_is_judged_by());
  const Instant at = wall_clock();
  const std::string with = mark_of_judgement();
  analyzer::judge(report, db_ ? &*db_ : nullptr, {policy_, in_force_->rules, &exceptions_}, at);
  if (gathered_) {
    judged_(report);
    last_judged_ = std::make_shared<const Report>(report);
    judged_at_ = std::chrono::steady_clock::now();
  }
  ImagesShown images(policy_);
  images.add(report.assets);
  show(report, images.json());
  std::map<AssetId, std::string> prints;
  for (const AssetReport& asset : report.assets) prints.emplace(asset.asset.id, print_of(asset));
  // What the journal holds already is not written again.
  if (!write_all) {
    std::erase_if(report.assets, [&](const AssetReport& asset) {
      const auto before = prints_.find(asset.asset.id);
      if (before == prints_.end() || before->second != prints[asset.asset.id]) return false;
      how.unchanged.push_back(asset.asset.id);
      return true;
    });
  }
  const Result<journal::Recorded> recorded = journal_.record(report, how);
  prints_ = recorded.ok() ? std::move(prints) : std::map<AssetId, std::string>();
  if (!recorded.ok()) return recorded.error();
  tell_judged(with, at);
  return Done{};
}

void Analyst::tell_judged(const std::string& with, Instant at) {
  show(judged_setting, with);
  world_.set_ready();
  world_.change_progress([&](World::Progress& progress) { progress.last_scan = at; });
}

Status Analyst::judge_stored(const std::string& actor) {
  PLIMSOLL_CHECK(take_what_is_judged_by());
  const Instant at = wall_clock();
  const std::string with = mark_of_judgement();
  prints_.clear();
  const StoredJudge judge{journal_, db_ ? &*db_ : nullptr, {policy_, in_force_->rules, &exceptions_}, actor, at};
  PLIMSOLL_TRY(prints, judge.run([this](const Report& whole, const std::string& images) { show(whole, images); }));
  if (prints.empty()) return Done{};
  prints_ = std::move(prints);
  tell_judged(with, at);
  return Done{};
}

// All that waited at once: each is laid over the ones before, and the last is judged.
Status Analyst::assess(const std::vector<Waiting>& news) {
  const auto began = std::chrono::steady_clock::now();
  for (const Waiting& each : news) PLIMSOLL_CHECK(take_in(each));
  journal::Recording how;
  how.gathered_gaps = journal::gaps_of(*gathered_);
  for (const AssetReport& asset : gathered_->assets) {
    if (asset.asset.kind == AssetKind::host) how.whole_nodes.push_back(asset.asset.node);
  }
  const Status kept = judge_and_keep(*gathered_, std::move(how), false);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  world_.change_progress([&](World::Progress& progress) {
    ++progress.scans;
    progress.last_seconds = took.count();
  });
  return kept;
}

void Analyst::judge_again() {
  const auto at = std::chrono::steady_clock::now();
  if (!last_judged_ || at - judged_at_ < judge_every) return;
  judged_at_ = at;
  judged_(*last_judged_);
}

Status Analyst::take_in(const Waiting& news) {
  if (news.whole) {
    PLIMSOLL_TRY(facts, wire::facts_from_json(news.payload, "what the probe found"));
    gathered_ = std::move(facts);
    return Done{};
  }
  PLIMSOLL_TRY(delta, delta_of(news.payload));
  PLIMSOLL_TRY(facts, wire::facts_from_json(delta.recording, "what the probe found"));
  if (!gathered_) return Error{ErrorKind::bug, "changes came before what they change"};
  std::map<std::string, AssetReport*> before;
  for (AssetReport& asset : gathered_->assets) before.emplace(asset.asset.id.value, &asset);
  for (const std::string& id : delta.unchanged) {
    const auto found = before.find(id);
    if (found == before.end()) return Error{ErrorKind::bug, "an asset is said to be as it was, and was not there", id};
    facts.assets.push_back(std::move(*found->second));
    before.erase(found);
  }
  gathered_ = std::move(facts);
  return Done{};
}

// The facts of this machine when they are in memory, else those of the journal.
Status Analyst::assess_stored(const std::string& actor) {
  journal::Recording how;
  how.actor = actor;
  if (gathered_) {
    how.gathered_gaps = journal::gaps_of(*gathered_);
    return judge_and_keep(*gathered_, std::move(how), true);
  }
  const Status done = judge_stored(actor);
  ::malloc_trim(0);  // it may have been much, and comes rarely
  return done;
}

void Analyst::show(const Report& judged, const std::string& images) {
  show(shown_not_assessed, not_assessed_json(judged));
  show(shown_excepted, excepted_json(judged));
  show(shown_images, images);
}

void Analyst::show(const char* name, std::string text) {
  std::string& last = shown_[name];
  if (last == text) return;
  if (journal_.put_setting(name, text).ok()) last = std::move(text);
}

void Analyst::care(Instant at) {
  if (at - cared_ < care_every) return;
  cared_ = at;
  (void)journal_.remove_expired(at);
  ExceptionBook book(journal_);
  for (const Exception& exception : book.all().value_or({})) {
    if (exception.expires_at < at - forgotten_after) (void)book.remove(exception.id);
  }
  (void)journal_.trim(retention_of(by_.now()->policy.retention), at);
}

}  // namespace plimsoll::server
