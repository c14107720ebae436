#pragma once
#include <optional>
#include <string>

#include "journal/export.h"
#include "journal/journal.h"
#include "notify/message.h"
#include "notify/settings.h"

namespace plimsoll::server {

// The events of the journal in batches, for one stream of the settings. Where it is survives a restart.
class EventSource {
 public:
  EventSource(journal::Journal& journal, const notify::Stream& stream, std::string host);

  // Where it left off, or where its settings say that it begins.
  Status start();
  // The next events behind the cursor as one message, which has the same id whenever it holds the same events. Nothing:
  // there are none.
  struct Batch {
    notify::Message message;
    journal::Sequence last = 0;  // where the cursor is once it has arrived
  };
  Result<std::optional<Batch>> next();
  // Everything up to `last` has arrived.
  Status arrived(journal::Sequence last);
  journal::Sequence cursor() const { return cursor_; }

 private:
  bool wants(const journal::Event& event) const;
  std::string setting() const { return "stream." + stream_.name; }

  journal::Journal& journal_;
  const notify::Stream& stream_;
  journal::ExportFormat format_;
  std::string host_;
  journal::Sequence cursor_ = 0;
};

}  // namespace plimsoll::server
