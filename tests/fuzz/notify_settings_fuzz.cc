// The settings of what leaves the machine: refused with line and reason, or whole.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "notify/outbox.h"
#include "notify/settings.h"

using namespace plimsoll;
using namespace plimsoll::notify;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Known known{{"json", "syslog"}, {"json", "html"}, {"csv"}};
  const auto settings = parse_settings({reinterpret_cast<const char*>(data), size}, "f", known);
  if (!settings.ok()) {
    must(settings.error().message.rfind("f:", 0) == 0);
    return 0;
  }
  for (const Receiver& receiver : settings->receivers) {
    must(is_name(receiver.name));
    must(receiver.address || !receiver.url_file.empty() || !receiver.path.empty());
  }
  for (const Stream& stream : settings->streams) must(settings->receiver(stream.to) != nullptr);
  for (const ScheduledReport& report : settings->reports) {
    for (const std::string& to : report.to) must(settings->receiver(to) != nullptr);
    const Instant now{std::chrono::seconds(1'790'000'000)};
    if (const auto next = report.schedule.next(now)) must(*next > now);
  }
  return 0;
}
