#include "policy/service_settings.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "policy/number.h"
#include "policy/response_values.h"

namespace plimsoll::policy {
namespace {

using std::chrono::days;
using std::chrono::seconds;

template <class Policy>
struct Length {
  const char* name;
  seconds Policy::* field;
  seconds least, most;
  bool may_be_never = false;  // 0
};

constexpr seconds longest = days(3650);
constexpr std::array<Length<RetentionPolicy>, 7> kept{{
    {"events", &RetentionPolicy::events, days(1), longest},
    {"scores", &RetentionPolicy::scores, days(1), longest},
    {"flows", &RetentionPolicy::flows, days(1), longest},
    {"resolved_threats", &RetentionPolicy::resolved_threats, days(1), longest},
    {"gone_assets", &RetentionPolicy::gone_assets, days(1), longest},
    {"fine_scores", &RetentionPolicy::fine_scores, days(1), longest},
    {"fine_flows", &RetentionPolicy::fine_flows, days(1), longest},
}};
constexpr std::array<Length<SchedulePolicy>, 3> looks{{
    {"everything", &SchedulePolicy::everything, seconds(10), days(7)},
    {"facts", &SchedulePolicy::facts, seconds(5), days(1)},
    {"database", &SchedulePolicy::database, seconds(600), days(30), true},
}};

template <class Policy, size_t N>
void read_lengths(const MapReader& map, std::string_view section, const std::array<Length<Policy>, N>& rows,
                  Policy& policy, Faults& faults) {
  for (const Length<Policy>& row : rows) {
    const YamlNode* value = map.find(row.name);
    if (value == nullptr) continue;
    const bool never = row.may_be_never && value->kind == YamlNode::Kind::scalar && value->text == "0";
    const auto length =
        duration_in(*value, fmt::format("{}.{}", section, row.name), never ? seconds(0) : row.least, row.most, faults);
    if (length) policy.*row.field = *length;
  }
}

template <class Policy, size_t N>
std::vector<std::string> names_of(const std::array<Length<Policy>, N>& rows) {
  std::vector<std::string> out;
  for (const Length<Policy>& row : rows) out.emplace_back(row.name);
  return out;
}

}  // namespace

void read_retention(const YamlNode& document, RetentionPolicy& policy, Faults& faults) {
  const YamlNode* section = child(document, retention_key);
  if (section == nullptr) return;
  std::vector<std::string> names = names_of(kept);
  names.emplace_back("most_megabytes");
  const MapReader map(*section, std::move(names), retention_key, faults);
  read_lengths(map, retention_key, kept, policy, faults);
  if (const YamlNode* most = map.find("most_megabytes")) {
    const auto number = number_in(*most, "retention.most_megabytes", 16, 16'000'000, true, faults);
    if (number) policy.most_megabytes = static_cast<int>(*number);
  }
}

void read_schedule(const YamlNode& document, SchedulePolicy& policy, Faults& faults) {
  const YamlNode* section = child(document, schedule_key);
  if (section == nullptr) return;
  const MapReader map(*section, names_of(looks), schedule_key, faults);
  read_lengths(map, schedule_key, looks, policy, faults);
}

}  // namespace plimsoll::policy
