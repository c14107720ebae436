#include "server/known_to_settings.h"

#include "report/formats.h"
#include "server/trend.h"

namespace plimsoll::server {

notify::Known known_to_settings() {
  notify::Known out;
  out.stream_formats = {"json", "syslog", "ocsf", "cef"};
  for (const report::Format& format : report::formats()) out.report_formats.emplace_back(format.name);
  for (const TrendFormat& format : trend_formats()) out.trend_formats.emplace_back(format.name);
  return out;
}

}  // namespace plimsoll::server
