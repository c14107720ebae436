#include "notify/time_zone.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"

namespace plimsoll::notify {
namespace {

using namespace std::chrono;

constexpr size_t most_bytes = size_t{1} << 20, header_bytes = 44;
constexpr const char* zones = "/usr/share/zoneinfo/";

Error broken() { return {ErrorKind::malformed, "not a time zone file (TZif) of version 2 or later"}; }

// Big-endian, two's complement.
int64_t number_at(std::string_view bytes, size_t at, size_t size) {
  uint64_t out = (static_cast<unsigned char>(bytes[at]) & 0x80) != 0 ? ~uint64_t{0} : 0;
  for (size_t i = 0; i < size; ++i) out = (out << 8) | static_cast<unsigned char>(bytes[at + i]);
  return static_cast<int64_t>(out);
}

// The six counts of a header (RFC 8536 section 3.1).
struct Counts {
  size_t isut, isstd, leap, times, types, names;
  size_t bytes(size_t width) const {
    return times * width + times + types * 6 + names + leap * (width + 4) + isstd + isut;
  }
};

std::optional<Counts> counts_at(std::string_view bytes, size_t at) {
  if (bytes.size() < at + header_bytes || bytes.substr(at, 4) != "TZif" || bytes[at + 4] < '2') return std::nullopt;
  const auto count = [&](size_t i) { return static_cast<size_t>(number_at(bytes, at + 20 + 4 * i, 4)); };
  Counts out{count(0), count(1), count(2), count(3), count(4), count(5)};
  for (const size_t each : {out.isut, out.isstd, out.leap, out.times, out.types, out.names}) {
    if (each > most_bytes) return std::nullopt;
  }
  return out;
}

// Reads the pieces of a POSIX TZ text, front to back.
class RuleText {
 public:
  explicit RuleText(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_name() {
    const bool quoted = take('<');
    size_t length = 0;
    while (length < rest_.size() && (quoted ? rest_[length] != '>' : is_letter(rest_[length]))) ++length;
    if (length < 3) return false;
    rest_.remove_prefix(length);
    return !quoted || take('>');
  }
  std::optional<int64_t> take_number() {
    int64_t out = 0;
    size_t length = 0;
    while (length < rest_.size() && length < 4 && rest_[length] >= '0' && rest_[length] <= '9')
      out = out * 10 + (rest_[length++] - '0');
    if (length == 0) return std::nullopt;
    rest_.remove_prefix(length);
    return out;
  }
  // "[+-]hh[:mm[:ss]]" in seconds
  std::optional<int64_t> take_time() {
    const bool negative = take('-');
    if (!negative) (void)take('+');
    int64_t out = 0, unit = 3600;
    do {
      const auto part = take_number();
      if (!part) return std::nullopt;
      out += *part * unit;
      unit /= 60;
    } while (unit > 0 && take(':'));
    return negative ? -out : out;
  }

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  std::string_view rest_;
};

bool within(const std::optional<int64_t>& value, int64_t low, int64_t high) {
  return value && *value >= low && *value <= high;
}

}  // namespace

Result<TimeZone> TimeZone::load(std::string_view name) {
  const Error unknown{ErrorKind::not_found,
                      "there is no time zone \"" + printable(name, 60) + "\"",
                      {},
                      "write one as Europe/Berlin or UTC (package tzdata)"};
  if (name == "UTC") return TimeZone();
  const bool fine = !name.empty() && name.size() <= 60 && name.find("..") == std::string_view::npos &&
                    name.front() != '/' && std::all_of(name.begin(), name.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                             std::string_view("/_+-").find(c) != std::string_view::npos;
                    });
  if (!fine) return unknown;
  const Result<std::string> bytes = read_file(zones + std::string(name), most_bytes);
  if (!bytes.ok()) return unknown;
  PLIMSOLL_TRY(zone, parse(*bytes));
  zone.name_ = std::string(name);
  return zone;
}

Result<TimeZone> TimeZone::parse(std::string_view bytes) {
  const auto first = bytes.size() <= most_bytes ? counts_at(bytes, 0) : std::nullopt;
  if (!first) return broken();
  // The block of version 1 is stepped over; in the next one times have 64 bits.
  const size_t second = header_bytes + first->bytes(4);
  const auto counts = counts_at(bytes, second);
  if (!counts || counts->types == 0) return broken();
  const size_t begin = second + header_bytes;
  const size_t end = begin + counts->bytes(8);
  if (end > bytes.size()) return broken();
  const size_t indexes = begin + counts->times * 8, types = indexes + counts->times;
  const auto offset_of = [&](size_t type) { return static_cast<int32_t>(number_at(bytes, types + type * 6, 4)); };
  TimeZone out;
  out.before_ = offset_of(0);
  for (size_t i = 0; i < counts->times; ++i) {
    const auto type = static_cast<unsigned char>(bytes[indexes + i]);
    const int64_t at = number_at(bytes, begin + i * 8, 8);
    if (type >= counts->types || (i > 0 && at <= out.changes_.back())) return broken();
    out.changes_.push_back(at);
    out.offsets_.push_back(offset_of(type));
  }
  const std::string_view footer = trim(bytes.substr(end));
  if (!footer.empty()) {
    out.after_ = parse_rule(footer);
    if (!out.after_) return broken();
  }
  return out;
}

std::optional<TimeZone::Rule> TimeZone::parse_rule(std::string_view text) {
  constexpr int64_t longest_offset = 25 * 3600;
  RuleText in(text);
  Rule out;
  if (!in.take_name()) return std::nullopt;
  const auto standard = in.take_time();
  if (!within(standard, -longest_offset, longest_offset)) return std::nullopt;
  out.standard = -*standard;  // POSIX counts west
  if (in.done()) return out;
  if (!in.take_name()) return std::nullopt;
  out.has_summer = true;
  out.summer = out.standard + 3600;
  if (!in.take(',')) {
    const auto summer = in.take_time();
    if (!within(summer, -longest_offset, longest_offset) || !in.take(',')) return std::nullopt;
    out.summer = -*summer;
  }
  const auto take_day = [&](Day& day) {
    day.kind = in.take('M') ? 'M' : in.take('J') ? 'J' : 'N';
    const auto number = in.take_number();
    if (day.kind == 'M') {
      const auto week = in.take('.') ? in.take_number() : std::nullopt;
      const auto weekday = in.take('.') ? in.take_number() : std::nullopt;
      if (!within(number, 1, 12) || !within(week, 1, 5) || !within(weekday, 0, 6)) return false;
      day.month = static_cast<int>(*number);
      day.week = static_cast<int>(*week);
      day.day = static_cast<int>(*weekday);
    } else {
      if (!within(number, day.kind == 'J' ? 1 : 0, 365)) return false;
      day.day = static_cast<int>(*number);
    }
    if (!in.take('/')) return true;
    const auto at = in.take_time();
    if (!within(at, -167 * 3600, 168 * 3600)) return false;
    day.at = *at;
    return true;
  };
  if (!take_day(out.begin) || !in.take(',') || !take_day(out.end) || !in.done()) return std::nullopt;
  return out;
}

// The second at which the day begins to count, by the clock on the wall.
int64_t TimeZone::second_of(const Day& day, int year_number) {
  const year y{year_number};
  sys_days at = y / January / 1;
  if (day.kind == 'M') {
    const weekday which{static_cast<unsigned>(day.day)};
    const month m{static_cast<unsigned>(day.month)};
    // Week 5 is the last one, be it the fourth.
    at = day.week == 5 ? sys_days(y / m / which[last]) : sys_days(y / m / which[static_cast<unsigned>(day.week)]);
  } else if (day.kind == 'J') {
    at += days(day.day - 1 + (y.is_leap() && day.day >= 60 ? 1 : 0));  // 29 February is never counted
  } else {
    at += days(day.day);
  }
  return seconds(at.time_since_epoch()).count() + day.at;
}

seconds TimeZone::offset_at(Instant at) const {
  const int64_t now = at.time_since_epoch().count();
  if (changes_.empty() && !after_) return seconds(before_);
  if (!changes_.empty() && now < changes_.front()) return seconds(before_);
  if (!changes_.empty() && (now < changes_.back() || !after_)) {
    const auto next = std::upper_bound(changes_.begin(), changes_.end(), now);
    return seconds(offsets_[static_cast<size_t>(next - changes_.begin()) - 1]);
  }
  const Rule& rule = *after_;
  if (!rule.has_summer) return seconds(rule.standard);
  const int year_number = static_cast<int>(year_month_day(floor<days>(at + seconds(rule.standard))).year());
  const int64_t begin = second_of(rule.begin, year_number) - rule.standard;
  const int64_t end = second_of(rule.end, year_number) - rule.summer;
  const bool summer = begin < end ? now >= begin && now < end : now >= begin || now < end;
  return seconds(summer ? rule.summer : rule.standard);
}

Instant TimeZone::moment_of(Instant wall) const {
  const seconds before = offset_at(wall - hours(24)), after = offset_at(wall + hours(24));
  // The larger offset gives the earlier moment.
  for (const seconds offset : {std::max(before, after), std::min(before, after)}) {
    if (offset_at(wall - offset) == offset) return wall - offset;
  }
  return wall - before;
}

}  // namespace plimsoll::notify
