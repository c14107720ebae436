#pragma once
#include <atomic>
#include <memory>
#include <optional>

#include "journal/journal.h"
#include "journal/read_pool.h"
#include "journal/writer.h"

namespace plimsoll::journal {

// The journal in the tables of a database: reads by a pool of connections, writes by one thread.
class StoredJournal final : public Journal {
 public:
  // Without a writer it only reads; without a key it cannot verify.
  struct Parts {
    std::string path;      // of one that is a file; else what to call it
    std::string key_path;  // the file of the key
    Connect connect;
    std::unique_ptr<Writer> writer;
    std::optional<SealKey> key;  // of a journal that only reads; else the writer's
    std::string begun_anew;
  };
  explicit StoredJournal(Parts parts);

  Result<Recorded> record(const Report& report, const Recording& how) override;
  Result<Recorded> mark_gone(const std::vector<AssetId>& assets, Instant at, const std::string& actor) override;
  Status add_flows(const std::vector<Flow>& flows) override;
  Result<Recorded> append(std::vector<NewEvent> events) override;
  Result<std::vector<Event>> events(const EventQuery& query) const override;
  void on_events(std::function<void(Sequence)> listener) override;
  Result<Verification> verify(const std::optional<ChainHead>& expected) const override;

  Result<Page<AssetRow>> assets(const AssetQuery& query) const override;
  Result<AssetDetail> asset(const AssetId& id) const override;
  Result<std::vector<ScorePoint>> history(const AssetId& id, Instant since, Instant until) const override;
  Result<std::map<AssetId, ScorePoint>> scores_at(Instant at) const override;
  Result<std::vector<TrendPoint>> trend(Instant since, Instant until) const override;
  Result<Page<ThreatGroup>> threats(const ThreatQuery& query) const override;
  Result<ThreatGroup> threat(const ThreatId& id) const override;
  Result<Page<ThreatRow>> who_has(const ThreatId& id, const std::string& cursor, size_t limit) const override;
  Result<Page<ThreatRow>> threats_of(const AssetId& id, bool resolved, const ThreatQuery& query) const override;
  Result<std::vector<PackageGroup>> packages(const std::string& text, size_t limit) const override;
  Result<Page<PackageHolder>> package_holders(const PackageQuery& query) const override;
  Result<FlowAnswer> flows(const FlowQuery& query) const override;
  Status each_flow(const FlowQuery& query, const std::function<void(const FlowRow&)>& look) const override;
  Result<Summary> summary() const override;
  Result<std::string> overview_json() const override;
  Result<Report> stored_facts(const std::vector<AssetId>& only) const override;
  Result<std::vector<Asset>> known_assets() const override;
  Result<Report> stored_between() const override;

  Status put_user(const User& user) override;
  Result<User> user(const std::string& name) const override;
  Result<std::vector<User>> users() const override;
  Status remove_user(const std::string& name) override;
  Status put_session(const Session& session) override;
  Status touch_session(const std::string& hash, Instant used) override;
  Status touch_token(const std::string& id, Instant used) override;
  Result<Session> session(const std::string& hash) const override;
  Result<std::vector<Session>> sessions(const std::string& user) const override;
  Status remove_session(const std::string& hash) override;
  Status remove_expired(Instant now) override;
  Status put_token(const ApiToken& token) override;
  Result<ApiToken> token_by_hash(const std::string& hash) const override;
  Result<std::vector<ApiToken>> tokens() const override;
  Status remove_token(const std::string& id) override;
  Status put_setting(const std::string& name, const std::string& value) override;
  Result<std::string> setting(const std::string& name) const override;
  Result<std::map<std::string, std::string>> settings(const std::string& beginning) const override;
  Status take_setting(const std::string& name) override;

  uint64_t world_version() const override;
  uint64_t people_version() const override { return people_version_; }
  Sequence last_written() const override;
  Result<Trimmed> trim(const Retention& retention, Instant now) override;
  Health health() const override;

 private:
  Status write(Writer::Job job, Writer::Touches touches = Writer::Touches::nothing_shown);
  // A write to users, sessions or tokens.
  Status write_people(Writer::Job job);
  // A write that tells which events it added.
  Result<Recorded> write_telling(Writer::Job job, Writer::Touches touches);

  Parts parts_;
  mutable ReadPool reads_;
  std::atomic<uint64_t> people_version_{1};
};

}  // namespace plimsoll::journal
