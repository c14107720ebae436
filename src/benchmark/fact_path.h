#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/fact_tree.h"

namespace plimsoll::benchmark {

// Where a path begins.
enum class Root {
  here,      // the rule's own subject; inside an `each`, the item
  item,      // ".": the item itself
  key,       // "key": inside an `each` over a map, the member's name
  host,      // "host:"
  runtime,   // "runtime:"
  runtimes,  // "runtimes:", the list of all on this host
  container,
  image,
  judged,  // "judged:", what judgement adds to the facts of the host
};

// `a.b[name.with.dots][3]`, as docs/benchmark-rules.md defines it.
struct FactPath {
  struct Step {
    std::string name;
    std::optional<size_t> index;  // digits in brackets: picks from a list, or the member of that name from a map
    bool operator==(const Step&) const = default;
  };
  Root root = Root::here;
  size_t up = 0;  // how many `^`: enclosing trees upward
  std::vector<Step> steps;
  std::string text;  // as written
  bool operator==(const FactPath&) const = default;
};

// Malformed for what is no path; the message says what to write instead. At most 1 KiB and 32 steps.
Result<FactPath> parse_fact_path(std::string_view text);

// What a path led to. `problem` is set when there is no telling: something on the way is unknown or of another kind.
struct Found {
  const FactTree* node = nullptr;  // never null
  std::string_view source;         // where it was read; empty when nobody said
  std::string problem;
};

// Follows `steps` from `from`. A member that is not there, and all below it, is absent.
Found follow(const Found& from, const std::vector<FactPath::Step>& steps);

// Unknown with that reason.
Found no_telling(std::string why);

// "a text", "a list", "absent": for messages.
std::string_view word_of(FactTree::Kind kind);

}  // namespace plimsoll::benchmark
