#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"

namespace plimsoll::server {
namespace {

// A text that is looked for while it is typed: a few of each kind are enough.
constexpr size_t most_hits = 8, shortest = 2, longest = 200;

template <class Rows, class... More>
void write_rows(wire::JsonWriter& out, std::string_view name, const Rows& rows, const More&... more) {
  out.key(name).begin_array();
  for (const auto& row : rows) write_row(out, row, more...);
  out.end_array();
}

}  // namespace

Response search(Api& api, const Call& call) {
  const std::string text(call.asked("text"));
  if (text.size() < shortest || text.size() > longest) return problem(400, "'text' is 2 to 200 bytes");
  journal::AssetQuery assets;
  assets.text = text;
  assets.limit = most_hits;
  journal::ThreatQuery threats;
  threats.text = text;
  threats.limit = most_hits;
  PLIMSOLL_OR_PROBLEM(found_assets, api.journal().assets(assets));
  PLIMSOLL_OR_PROBLEM(found_threats, api.journal().threats(threats));
  PLIMSOLL_OR_PROBLEM(found_packages, api.journal().packages(text, most_hits));
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object();
  write_rows(out, "assets", found_assets.items, api.open_responses());
  write_rows(out, "threats", found_threats.items);
  write_rows(out, "packages", found_packages);
  out.end_object();
  return json_response(std::move(out).take() + "\n");
}

Response list_package_assets(Api& api, const Call& call) {
  journal::PackageQuery query;
  std::optional<PackageType> type;
  if (const Status taken = take_word(call, "type", parse_package_type, type); !taken.ok())
    return problem(taken.error());
  if (!type) return problem(400, "'type' is wanted: deb, rpm, apk, npm ...");
  if (const Status taken = take_limit(call, query.limit, journal::max_page); !taken.ok()) return problem(taken.error());
  query.type = *type;
  query.name = call.parameter("name");
  query.cursor = call.asked("cursor");
  PLIMSOLL_OR_PROBLEM(page, api.journal().package_holders(query));
  return json_response(page_json(page));
}

}  // namespace plimsoll::server
