#include "server/event_source.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"

namespace plimsoll::server {
namespace {

constexpr size_t most_events = 200, most_bytes = size_t{512} << 10, page = 500;

}  // namespace

EventSource::EventSource(journal::Journal& journal, const notify::Stream& stream, std::string host)
    : journal_(journal),
      stream_(stream),
      format_(journal::parse_export_format(stream.format).value_or(journal::ExportFormat::json)),
      host_(std::move(host)) {}

Status EventSource::start() {
  const journal::Sequence newest = journal_.health().newest_event;
  const Result<std::string> kept = journal_.setting(setting());
  const auto number = kept.ok() ? parse_uint(*kept) : std::nullopt;
  if (!kept.ok() && kept.error().kind != ErrorKind::not_found) return kept.error();
  // A cursor behind the end is of a journal that was put aside: this one is told from its beginning.
  if (number) {
    cursor_ = *number <= newest ? *number : 0;
    return Done{};
  }
  return arrived(stream_.from_beginning ? 0 : newest);
}

bool EventSource::wants(const journal::Event& event) const {
  return stream_.kinds.empty() || std::any_of(stream_.kinds.begin(), stream_.kinds.end(), [&](const std::string& kind) {
           return kind.back() == '.' ? event.kind.starts_with(kind) : event.kind == kind;
         });
}

Result<std::optional<EventSource::Batch>> EventSource::next() {
  Batch out;
  size_t bytes = 0;
  journal::EventQuery query;
  query.after = cursor_;
  query.limit = page;
  // Over events that are not wanted it goes on without telling anybody.
  for (;;) {
    PLIMSOLL_TRY(events, journal_.events(query));
    for (const journal::Event& event : events) {
      if (out.message.lines.size() >= most_events || bytes >= most_bytes) break;
      query.after = out.last = event.sequence;
      if (!wants(event)) continue;
      out.message.lines.push_back(journal::export_event(event, format_, host_));
      bytes += out.message.lines.back().size();
      out.message.at = event.at;
    }
    if (events.size() < page || !out.message.lines.empty()) break;
  }
  if (out.message.lines.empty()) {
    if (out.last > cursor_) cursor_ = out.last;  // not worth a write: found again after a restart
    return std::optional<Batch>();
  }
  out.message.purpose = notify::Purpose::events;
  out.message.rule = stream_.name;
  out.message.node = host_;
  out.message.title = std::to_string(out.message.lines.size()) + " events of the journal";
  out.message.facts = {{"last_sequence", std::to_string(out.last)}, {"format", stream_.format}};
  std::string content = stream_.name;
  for (const std::string& line : out.message.lines) content += "\n" + line;
  constexpr size_t id_digits = 32;
  out.message.id = sha256_hex(content).substr(0, id_digits);
  return std::optional<Batch>(std::move(out));
}

Status EventSource::arrived(journal::Sequence last) {
  PLIMSOLL_CHECK(journal_.put_setting(setting(), std::to_string(last)));
  cursor_ = last;
  return Done{};
}

}  // namespace plimsoll::server
