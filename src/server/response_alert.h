#pragma once
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/response.h"
#include "notify/message.h"
#include "server/messenger.h"

namespace plimsoll::server {

// What receivers are told of a response: it waits for a person, is in force, failed, is over, or its rule was held back
// (then it has no asset). The same `id` gives the same message id, by which a receiver knows a duplicate. Pure.
notify::Message alert_of(const std::string& id, const ResponseRecord& record, const std::string& node, Instant now);

// Posts it to these receivers, to all of the settings where none is named. One that cannot even be put into the outbox
// (there is no messenger, say) is in the journal.
void tell_receivers(Messenger* messenger, const notify::Settings& settings, std::vector<std::string> to,
                    const notify::Message& message, journal::Journal& journal);

}  // namespace plimsoll::server
