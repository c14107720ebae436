#include <algorithm>
#include <bit>
#include <string_view>
#include <thread>
#include <unordered_map>

#include "threatdb/image.h"
#include "threatdb/names.h"

namespace plimsoll::threatdb {
namespace {

using ByCve = std::unordered_map<std::string_view, uint32_t, TextHash>;

ByCve threats_by_cve(const Image& image) {
  ByCve out;
  out.reserve(image.threats.size() * 2);
  for (uint32_t row = 0; row < image.threats.size(); ++row) {
    const std::string_view id = image.text(image.threats[row].id);
    if (is_cve(id)) out.emplace(id, row);
  }
  return out;
}

void join_exploited(Image& image, const Feeds& feeds, const ByCve& threats) {
  for (const feed::KnownExploited& entry : feeds.exploited) {
    const auto found = threats.find(entry.cve);
    if (found == threats.end()) continue;
    ThreatRow& threat = image.threats[found->second];
    threat.flags |= threat_exploited | (entry.ransomware ? threat_ransomware : 0U);
    threat.exploited_due = image.add_text(entry.due_date);
    if (threat.title == none) threat.title = image.add_text(entry.name);
  }
}

void join_epss(Image& image, const Feeds& feeds, const ByCve& threats) {
  image.epss_date = seconds_of(feeds.epss.date);
  for (const feed::EpssScore& score : feeds.epss.scores) {
    const auto found = threats.find(score.cve);
    if (found == threats.end() || !(score.probability >= 0 && score.probability <= 1)) continue;
    image.threats[found->second].epss = std::bit_cast<uint32_t>(score.probability);
    image.threats[found->second].percentile = std::bit_cast<uint32_t>(score.percentile);
  }
}

void join_cvss(Image& image, const Feeds& feeds, const ByCve& threats) {
  for (const feed::CveSeverity& entry : feeds.cvss) {
    const auto found = threats.find(entry.cve);
    if (found == threats.end()) continue;
    Stretch& opinions = image.threats[found->second].opinions;
    opinions = {static_cast<uint32_t>(image.opinions.size()), 0};
    for (const Severity& severity : entry.severities) {
      OpinionRow row;
      row.level = static_cast<uint32_t>(severity.level);
      if (severity.score) row.score = std::bit_cast<uint32_t>(static_cast<float>(*severity.score));
      row.vector = image.add_text(severity.vector);
      row.source =
          image.add_text(severity.source.empty() ? std::string_view("NVD") : std::string_view(severity.source));
      image.opinions.push_back(row);
      ++opinions.count;
    }
  }
}

}  // namespace

void join_feeds(Image& image, const Feeds& feeds) {
  const ByCve threats = threats_by_cve(image);
  {
    const std::jthread scores([&] { join_epss(image, feeds, threats); });  // fields that nothing else here touches
    join_exploited(image, feeds, threats);
    join_cvss(image, feeds, threats);
  }
  for (const DbSource& source : feeds.sources) {
    image.sources.push_back(
        {image.add_text(source.name), static_cast<uint32_t>(source.records), seconds_of(source.date), 0});
  }
}

}  // namespace plimsoll::threatdb
