#include "benchmark/fact_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace plimsoll::benchmark {
namespace {

constexpr size_t kMaxLength = 1024, kMaxSteps = 32;

const FactTree& nothing() {
  static const FactTree absent;
  return absent;
}

Error malformed(std::string_view text, std::string_view why) {
  return {ErrorKind::malformed, fmt::format("\"{}\" is no path: {}", printable(text, 120), why)};
}

constexpr std::array<std::pair<std::string_view, Root>, 6> kRoots{{{"host:", Root::host},
                                                                   {"runtime:", Root::runtime},
                                                                   {"runtimes:", Root::runtimes},
                                                                   {"container:", Root::container},
                                                                   {"image:", Root::image},
                                                                   {"judged:", Root::judged}}};

// Takes "[name]" or "name" off the front of `rest`; false when neither stands there.
bool take_step(std::string_view& rest, FactPath::Step& step) {
  if (rest.front() == '[') {
    const size_t close = rest.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    step.name = rest.substr(1, close - 1);
    if (const auto index = parse_uint(step.name)) step.index = static_cast<size_t>(*index);
    rest.remove_prefix(close + 1);
    return true;
  }
  const size_t end = std::min(rest.find_first_of(".["), rest.size());
  const std::string_view name = rest.substr(0, end);
  if (name.empty() || name.find_first_of(" \t]:^") != std::string_view::npos) return false;
  step.name = name;
  rest.remove_prefix(end);
  return true;
}

}  // namespace

Result<FactPath> parse_fact_path(std::string_view text) {
  FactPath path;
  path.text = std::string(text);
  if (text.empty()) return malformed(text, "it is empty; write \".\" for the item itself");
  if (text.size() > kMaxLength) return malformed(text, fmt::format("longer than {} bytes", kMaxLength));
  std::string_view rest = text;
  const auto root =
      std::find_if(kRoots.begin(), kRoots.end(), [&](const auto& r) { return rest.starts_with(r.first); });
  if (root != kRoots.end()) {
    path.root = root->second;
    rest.remove_prefix(root->first.size());
  }
  while (path.root == Root::here && rest.starts_with('^')) {
    ++path.up;
    rest.remove_prefix(1);
  }
  if (path.up > 0 && rest.starts_with('.')) rest.remove_prefix(1);
  if (path.root == Root::here && (rest == "." || (path.up > 0 && rest.empty()))) {
    path.root = Root::item;
    return path;
  }
  if (path.root == Root::here && rest == "key") {
    path.root = Root::key;
    return path;
  }
  while (!rest.empty()) {
    if (path.steps.size() >= kMaxSteps) return malformed(text, fmt::format("more than {} steps", kMaxSteps));
    FactPath::Step step;
    if (!take_step(rest, step)) {
      return malformed(text, "write names with dots between; quote one that has dots, blanks or colons as [name]");
    }
    path.steps.push_back(std::move(step));
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      if (rest.empty()) return malformed(text, "it ends in a dot");
    }
  }
  return path;
}

Found no_telling(std::string why) { return {&nothing(), {}, why.empty() ? "not read" : std::move(why)}; }

std::string_view word_of(FactTree::Kind kind) {
  constexpr std::array<std::string_view, 7> kWords{"absent", "unknown", "true or false", "a whole number",
                                                   "a text", "a list",  "a map"};
  return kWords[static_cast<size_t>(kind)];
}

Found follow(const Found& from, const std::vector<FactPath::Step>& steps) {
  Found at = from;
  for (const FactPath::Step& step : steps) {
    if (!at.problem.empty()) return at;
    const FactTree* next = nullptr;
    if (at.node->kind == FactTree::Kind::map) {
      next = &at.node->at(step.name);
    } else if (at.node->kind == FactTree::Kind::list && step.index) {
      next = *step.index < at.node->items.size() ? &at.node->items[*step.index] : &nothing();
    } else if (at.node->kind == FactTree::Kind::absent) {
      next = &nothing();
    } else {
      at.problem =
          at.node->kind == FactTree::Kind::unknown
              ? at.node->text
              : fmt::format("has no member \"{}\": it is {}", printable(step.name, 80), word_of(at.node->kind));
      return at;
    }
    at.node = next;
    if (!next->source.empty()) at.source = next->source;
    if (next->kind == FactTree::Kind::unknown) at.problem = next->text.empty() ? "not read" : next->text;
  }
  return at;
}

}  // namespace plimsoll::benchmark
