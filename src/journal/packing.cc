#include "journal/packing.h"

#include <zstd.h>

#include "base/text.h"
#include "wire/recording.h"

namespace plimsoll::journal {
namespace {

constexpr size_t max_expanded = size_t{256} << 20;

std::string text_of(AssetReport asset) {
  Report report;
  report.assets.push_back(std::move(asset));
  return wire::facts_to_json(report);
}

Result<AssetReport> asset_of(const std::string& text) {
  PLIMSOLL_TRY(report, wire::facts_from_json(text, "the journal"));
  if (report.assets.size() != 1) return Error{ErrorKind::malformed, "facts in the journal are not of one asset"};
  return std::move(report.assets.front());
}

// One code point off the front, checked; empty: it is none that can be held.
std::string_view next_point(std::string_view text) {
  for (size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (is_utf8(text.substr(0, length))) return text[0] == '\0' ? std::string_view() : text.substr(0, length);
  }
  return {};
}

}  // namespace

bool is_holdable(std::string_view text) { return text.find('\0') == std::string_view::npos && is_utf8(text); }

std::string holdable(std::string_view text) {
  if (is_holdable(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const std::string_view point = next_point(text);
    out += point.empty() ? "\xEF\xBF\xBD" : point;
    text.remove_prefix(point.empty() ? 1 : point.size());
  }
  return out;
}

std::string compress(std::string_view bytes) {
  constexpr int quick = 1;
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), quick);
  out.resize(ZSTD_isError(size) ? 0 : size);
  return out;
}

Result<std::string> expand(std::string_view compressed) {
  const unsigned long long size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
    return Error{ErrorKind::malformed, "a compressed value in the journal is damaged"};
  if (size > max_expanded) return Error{ErrorKind::limit, "a value in the journal is too large"};
  std::string out(size, '\0');
  const size_t got = ZSTD_decompress(out.data(), out.size(), compressed.data(), compressed.size());
  if (ZSTD_isError(got) || got != size)
    return Error{ErrorKind::malformed, "a compressed value in the journal is damaged"};
  return out;
}

std::string inventory_text(const AssetReport& asset) {
  AssetReport part;
  part.os = asset.os;
  part.packages = asset.packages;
  part.offered = asset.offered;
  return text_of(std::move(part));
}

std::string gaps_text(const IncompleteList& gaps) {
  AssetReport part;
  part.assessment.not_assessed = gaps;
  return text_of(std::move(part));
}

std::string facts_text(const AssetReport& asset) {
  AssetReport part;
  part.asset = asset.asset;
  part.container = asset.container;
  part.host = asset.host;
  part.settings = asset.settings;
  part.scanned_at = asset.scanned_at;
  return text_of(std::move(part));
}

Result<AssetReport> join_facts(const std::string& facts, const std::string& inventory, const std::string& gaps) {
  PLIMSOLL_TRY(asset, asset_of(facts));
  PLIMSOLL_TRY(content, asset_of(inventory));
  PLIMSOLL_TRY(unseen, asset_of(gaps));
  asset.os = std::move(content.os);
  asset.packages = std::move(content.packages);
  asset.offered = std::move(content.offered);
  asset.assessment.not_assessed = std::move(unseen.assessment.not_assessed);
  return asset;
}

Result<std::vector<Package>> packages_in(const std::string& inventory) {
  PLIMSOLL_TRY(content, asset_of(inventory));
  return std::move(content.packages);
}

std::string between_text(const Report& report) {
  Report between;
  between.flows = report.flows;
  between.network = report.network;
  return wire::facts_to_json(between);
}

Status join_between(const std::string& text, Report& report) {
  PLIMSOLL_TRY(between, wire::facts_from_json(text, "the journal"));
  report.flows = std::move(between.flows);
  report.network = std::move(between.network);
  return Done{};
}

}  // namespace plimsoll::journal
