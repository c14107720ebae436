// The format "plimsoll.recording/1": one JSON object, the members of describe.h under their own names, in UTF-8.
//   - A text that is not UTF-8 is {"hex": "636166e9"}.
//   - A map is an object; when one of its keys is not UTF-8 it is an array of pairs [key, value].
//   - A fact is {"value": ..., "source": ..., "unknown": ...}; no "value" means that it is not known.
//   - A time is RFC 3339 in UTC; a number that is infinite or none is "inf", "-inf" or "nan".
//   - Empty texts, lists, maps and facts are left out. A member that is not known is refused: it may be a fact that
//     this version would lose.
#include "wire/recording.h"

#include <simdjson.h>

#include "wire/record_reader.h"
#include "wire/record_writer.h"

namespace plimsoll::wire {
namespace {

constexpr std::string_view schema_name = "plimsoll.recording/1";
constexpr size_t max_bytes = size_t{256} << 20;
constexpr size_t max_depth = 64;  // settings: two for each level of their tree, which probes keep far below this

}  // namespace

std::string facts_to_json(const Report& gathered) {
  RecordWriter writer;
  writer.json().begin_object().member("schema", schema_name);
  writer.write_members(gathered);
  writer.json().end_object();
  return std::move(writer.json()).take() + "\n";
}

Result<Report> facts_from_json(std::string_view json, const std::string& file_name) {
  // Built values may be larger than their text: 64 MiB and four times the text is more than an honest recording needs.
  RecordReader reader(file_name, (size_t{64} << 20) + 4 * json.size());
  if (json.size() > max_bytes) {
    reader.fail(ErrorKind::limit, "larger than " + std::to_string(max_bytes) + " bytes");
    return *reader.fault();
  }
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  auto code = parser.allocate(std::max(json.size(), size_t{64}), max_depth);
  if (code == simdjson::SUCCESS) code = parser.parse(json.data(), json.size(), true).get(root);
  if (code != simdjson::SUCCESS) {
    reader.fail(ErrorKind::malformed, simdjson::error_message(code));
    return *reader.fault();
  }
  Report report;
  std::string schema;
  reader.read_object(root, [&] {
    reader.member("schema", schema);
    if (!reader.fault() && schema != schema_name) {
      reader.fail(ErrorKind::unsupported,
                  "its schema is \"" + printable(schema, 100) + "\", not " + std::string(schema_name));
    }
    describe(reader, report);
  });
  if (reader.fault()) return *reader.fault();
  return report;
}

}  // namespace plimsoll::wire
