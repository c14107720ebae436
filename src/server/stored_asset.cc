#include "server/stored_asset.h"

#include "wire/report_reader.h"

namespace plimsoll::server {

Result<StoredAsset> StoredAsset::read(const journal::Journal& journal, const AssetId& id) {
  PLIMSOLL_TRY(detail, journal.asset(id));
  StoredAsset out;
  out.row_ = std::move(detail.row);
  out.parser_ = std::make_unique<simdjson::dom::parser>();
  out.text_ = detail.report_json.empty() ? "{}" : std::move(detail.report_json);
  if (out.parser_->parse(out.text_.data(), out.text_.size(), true).get(out.root_) != simdjson::SUCCESS)
    return Error{ErrorKind::malformed, "the journal holds a report that is no JSON", id.value};
  return out;
}

Result<AssetReport> StoredAsset::values() const { return wire::asset_from_json(text_); }

Result<Report> stored_overview(const journal::Journal& journal) {
  PLIMSOLL_TRY(text, journal.overview_json());
  if (text.empty()) return Error{ErrorKind::unreachable, "the first scan is not done yet"};
  return wire::overview_from_json(text);
}

std::string StoredAsset::json(std::string_view name) const {
  simdjson::dom::element member;
  return root_[name].get(member) == simdjson::SUCCESS ? simdjson::minify(member) : "null";
}

std::vector<simdjson::dom::element> StoredAsset::list(std::string_view name) const {
  simdjson::dom::array members;
  std::vector<simdjson::dom::element> out;
  if (root_[name].get(members) != simdjson::SUCCESS) return out;
  for (const simdjson::dom::element member : members) {
    if (member.is_object()) out.push_back(member);
  }
  return out;
}

std::string_view text_of(simdjson::dom::element object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

int64_t number_of(simdjson::dom::element object, std::string_view name) {
  int64_t number = 0;
  return object[name].get(number) == simdjson::SUCCESS ? number : 0;
}

bool truth_of(simdjson::dom::element object, std::string_view name) {
  bool truth = false;
  return object[name].get(truth) == simdjson::SUCCESS && truth;
}

std::string with_members(simdjson::dom::element object, std::string_view more) {
  std::string out = simdjson::minify(object);
  out.pop_back();
  if (out.size() == 1 && !more.empty()) more.remove_prefix(1);
  return out + std::string(more) + "}";
}

}  // namespace plimsoll::server
