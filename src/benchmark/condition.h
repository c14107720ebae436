#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "benchmark/fact_path.h"
#include "model/fact_tree.h"
#include "model/route.h"

namespace re2 {
class RE2;
}

namespace plimsoll::benchmark {

using Literal = std::variant<bool, int64_t, std::string>;

// What is asked of one fact.
enum class Op {
  equals,
  in,
  at_least,
  at_most,
  greater_than,
  less_than,
  mode_within,
  owner,
  matches,
  contains,
  subset_of,
  exists,
  empty,
  older_than,
  version_at_least,
  within,
};

// "root", "0": a file's owner or group by name or number; empty name and no number: not asked.
struct OwnerPart {
  std::string name;
  std::optional<int64_t> id;
};

struct FactTest {
  Op op = Op::equals;
  bool negated = false;           // not_equals, not_in, exists: false...
  std::vector<Literal> values;    // one, or several with `in` and `subset_of`
  std::optional<FactPath> other;  // instead of one value: that of another fact
  std::shared_ptr<const re2::RE2> pattern;
  OwnerPart user, group;  // owner
};

// docs/benchmark-rules.md, "Conditions". The logic is Kleene's: unknown stays unknown unless the rest decides.
struct Condition {
  enum class Kind { test, all, any, none, each_all, each_any, each_none } kind = Kind::all;
  std::vector<Condition> parts;  // all, any, none; the one of an each
  FactPath path;                 // test, each
  FactTest test;
};

// The trees a rule may read. Each may be missing; then its problem says why.
struct Trees {
  Found host, runtime, runtimes, container, image, judged;
};

// What decided: a fact, its value and where it was read, all printable.
struct Decision {
  std::string fact, value, source;
  bool operator==(const Decision&) const = default;
};

struct Verdict {
  Tristate state = Tristate::unknown;
  std::vector<Decision> decided;  // the facts that made it so, at most 8; for unknown: those not known, value = why
  size_t left_off = 0;
};

// `condition` over the tree `subject`. Pure. Bounded: after 1 000 000 facts looked at the rest is unknown.
Verdict judge(const Condition& condition, const Found& subject, const Trees& trees);

// The fact at `path` (of a rule: not inside an each), for showing.
Decision show(const FactPath& path, const Found& subject, const Trees& trees);

// One value, short and printable: `2`, `"text"`, `[a, b]`, `absent`.
std::string shown_value(const FactTree& node);

}  // namespace plimsoll::benchmark
