#include "threatdb/osv_archive.h"

#include <algorithm>

#include "base/text.h"
#include "feed/zip_writer.h"

namespace plimsoll::threatdb {
namespace {

constexpr std::string_view suffix = ".json";

// "CVE-2024-1" of "CVE-2024-1.json"; empty for an entry that is no record.
std::string_view id_of(std::string_view name) {
  if (!name.ends_with(suffix)) return {};
  name.remove_suffix(suffix.size());
  return feed::is_record_id(name) ? name : std::string_view();
}

}  // namespace

Result<OsvArchive> read_archive(std::string_view bytes) {
  PLIMSOLL_TRY(zip, feed::ZipReader::open(bytes));
  OsvArchive out{std::move(zip), {}};
  feed::OsvParser parser;
  feed::Advisory advisory;
  std::string text, first_fault;
  size_t unreadable = 0;
  for (size_t i = 0; i < out.zip.entries(); ++i) {
    const std::string_view id = id_of(out.zip.name(i));
    if (id.empty()) continue;
    PLIMSOLL_CHECK(out.zip.read(i, text));
    const Status parsed = parser.parse(text, out.zip.name(i), advisory);
    if (!parsed.ok() && unreadable++ == 0) first_fault = parsed.error().to_string();
    out.records.push_back({std::string(id), parsed.ok() ? advisory.modified.value_or(Instant{}) : unreadable_time});
  }
  if (unreadable * 10 > out.records.size()) {
    return Error{ErrorKind::malformed, std::to_string(unreadable) + " of " + std::to_string(out.records.size()) +
                                           " records can not be read, the first: " + first_fault};
  }
  std::sort(out.records.begin(), out.records.end(),
            [](const feed::ModifiedId& a, const feed::ModifiedId& b) { return a.id < b.id; });
  return out;
}

Result<std::string> patched_archive(const feed::ZipReader& zip, const std::map<std::string, std::string>& fresh,
                                    const std::set<std::string>& gone) {
  feed::ZipWriter writer;
  std::set<std::string> placed;
  for (size_t i = 0; i < zip.entries(); ++i) {
    const std::string id(id_of(zip.name(i)));
    const auto replacement = fresh.find(id);
    if (replacement != fresh.end()) {
      writer.add(zip.name(i), std::string_view(replacement->second));
      placed.insert(id);
    } else if (!gone.contains(id)) {
      writer.add(zip.name(i), zip.packed(i));
    }
  }
  for (const auto& [id, json] : fresh) {
    if (!placed.contains(id)) writer.add(id + std::string(suffix), std::string_view(json));
  }
  return writer.finish();
}

}  // namespace plimsoll::threatdb
