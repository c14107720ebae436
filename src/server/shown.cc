#include "server/shown.h"

#include <algorithm>
#include <map>

#include "assess/assess.h"
#include "model/names.h"
#include "policy/scoped_settings.h"
#include "report/summary.h"
#include "wire/json_writer.h"

namespace plimsoll::server {

std::string not_assessed_json(const Report& report) {
  constexpr size_t most_rows = 1000, most_names = 100;
  const std::vector<report::Gap> gaps = report::gaps_of(report);
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("items").begin_array();
  for (size_t i = 0; i < std::min(gaps.size(), most_rows); ++i) {
    const report::Gap& row = gaps[i];
    out.begin_object().member("what", row.gap.what).member("reason", row.gap.reason).member("remedy", row.gap.remedy);
    out.key("assets").begin_array();
    for (size_t k = 0; k < std::min(row.assets.size(), most_names); ++k) out.value(row.assets[k]);
    out.end_array().member("count", row.assets.size()).end_object();
  }
  out.end_array().end_object();
  return std::move(out).take();
}

namespace {

// What the image of a container is without the container: its files and their flaws.
AssetReport content_of(const AssetReport& container) {
  AssetReport out;
  out.asset.id = {"image:" + container.container->image.value};
  out.asset.kind = AssetKind::image;
  out.asset.name = container.asset.image;
  out.os = container.os;
  for (const Threat& threat : container.threats) {
    if (!threat.package) continue;
    out.threats.push_back(threat);
    out.threats.back().package->loaded = Loaded::unknown;  // by the container; elsewhere it may be another way
  }
  return out;
}

std::string image_json(const AssetReport& container, const policy::Policy& policy) {
  Report alone;
  alone.assets = {content_of(container)};
  assess::Rules rules{policy.scoring, policy.routes, policy.cves};
  rules.own = policy::own_scoring(policy, alone.assets);
  assess::assess(alone, rules);
  const AssetReport& judged = alone.assets.front();
  const report::Counts counts = report::counts_of(judged.threats);
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("score", judged.assessment.score).member("level", name_of(judged.assessment.level));
  out.key("counts").begin_object();
  for (const SeverityLevel level : {SeverityLevel::critical, SeverityLevel::high, SeverityLevel::medium,
                                    SeverityLevel::low, SeverityLevel::unknown})
    out.member(name_of(level), counts[static_cast<size_t>(level)]);
  out.end_object().end_object();
  return std::move(out).take();
}

}  // namespace

void ImagesShown::add(const std::vector<AssetReport>& assets) {
  for (const AssetReport& asset : assets) {
    if (!asset.container || asset.container->image.empty()) continue;
    Place place{-asset.assessment.score, asset.asset.name, asset.asset.id};
    const auto known = images_.find(asset.container->image.value);
    if (known != images_.end() && known->second.place <= place) continue;
    images_[asset.container->image.value] = {std::move(place), image_json(asset, policy_)};
  }
}

std::string ImagesShown::json() const {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object();
  for (const auto& [name, image] : images_) out.key(name).document(image.json);
  out.end_object();
  return std::move(out).take();
}

std::string excepted_json(const Report& report) {
  std::map<std::string, uint64_t> matches;
  for (const AssetReport& asset : report.assets) {
    for (const ExceptedThreat& excepted : asset.excepted) ++matches[excepted.exception];
  }
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object();
  for (const auto& [exception, count] : matches) out.member(exception, count);
  out.end_object();
  return std::move(out).take();
}

}  // namespace plimsoll::server
