#include "threatdb/evaluate.h"

#include <optional>

namespace plimsoll::threatdb {
namespace {

using feed::EventKind;
using Order = std::optional<std::weak_ordering>;

// The order of two events' versions, with "0" below all.
Order order_events(version::Scheme scheme, std::string_view a, std::string_view b) {
  if (a == b) return std::weak_ordering::equivalent;
  if (a == "0") return std::weak_ordering::less;
  if (b == "0") return std::weak_ordering::greater;
  return version::compare(scheme, a, b);
}

// The order of the installed version against an event: never below "0".
Order order_installed(version::Scheme scheme, std::string_view installed, std::string_view event) {
  if (event == "0") return installed == "0" ? std::weak_ordering::equivalent : std::weak_ordering::greater;
  return version::compare(scheme, installed, event);
}

bool applies(EventKind kind, std::weak_ordering order) {
  return kind == EventKind::last_affected ? order > 0 : order >= 0;
}

}  // namespace

RangeVerdict evaluate_range(version::Scheme scheme, std::span<const EventView> events, std::string_view installed) {
  constexpr RangeVerdict cannot_tell{Verdict::unknown, {}, {}, {}};
  const EventView* last = nullptr;
  bool bounded = false, below_a_limit = false;
  RangeVerdict out;
  for (const EventView& event : events) {
    if (event.kind == EventKind::limit) {
      bounded = true;
      if (event.version == "*") below_a_limit = true;
      const Order order =
          event.version == "*" ? std::weak_ordering::less : order_installed(scheme, installed, event.version);
      if (!order) return cannot_tell;
      below_a_limit = below_a_limit || *order < 0;
      continue;
    }
    const Order order = order_installed(scheme, installed, event.version);
    if (!order) return cannot_tell;
    if (!applies(event.kind, *order)) {
      std::string_view& nearest = event.kind == EventKind::fixed ? out.fixed : out.last_affected;
      if (event.kind == EventKind::introduced) continue;
      const Order nearer =
          nearest.empty() ? Order(std::weak_ordering::less) : order_events(scheme, event.version, nearest);
      if (!nearer) return cannot_tell;
      if (*nearer < 0) nearest = event.version;
      continue;
    }
    const Order later =
        last == nullptr ? Order(std::weak_ordering::greater) : order_events(scheme, event.version, last->version);
    if (!later) return cannot_tell;
    if (*later >= 0) last = &event;
  }
  if (last == nullptr || last->kind != EventKind::introduced || (bounded && !below_a_limit)) return {};
  out.verdict = Verdict::affected;
  out.introduced = last->version;
  return out;
}

}  // namespace plimsoll::threatdb
