#include "policy/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace plimsoll::policy {
namespace {

constexpr size_t kMaxFaults = 100;

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

void Faults::add(const YamlNode& at, std::string what) {
  if (faults_.size() >= kMaxFaults) {
    ++left_off_;
    return;
  }
  faults_.push_back({at.line, at.column, std::move(what)});
}

Error Faults::error() const {
  auto sorted = faults_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Fault& a, const Fault& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  std::string text;
  for (const Fault& fault : sorted) {
    if (!text.empty()) text += '\n';
    text += fmt::format("{}:{}:{}: {}", printable(file_, 256), fault.line, fault.column, fault.what);
  }
  if (left_off_ > 0) text += fmt::format("\n{}: and {} more faults", printable(file_, 256), left_off_);
  return {ErrorKind::malformed, std::move(text)};
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& names) {
  if (word.size() > 64) return std::nullopt;
  std::optional<std::string> best;
  size_t best_distance = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& name : names) {
    const size_t distance = edit_distance(lower(word), lower(name));
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

MapReader::MapReader(const YamlNode& node, std::vector<std::string> allowed, std::string_view what, Faults& faults)
    : node_(node), what_(what), faults_(faults) {
  if (node.kind != YamlNode::Kind::map) {
    faults.add(node, fmt::format("{} must be a map (key: value); its keys are {}", what, join(allowed, ", ")));
    return;
  }
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const YamlNode& key = node.keys[i];
    if (std::find(allowed.begin(), allowed.end(), key.text) == allowed.end()) {
      const auto hint = nearest(key.text, allowed);
      faults.add(key, fmt::format("unknown key \"{}\" in {}; {}", printable(key.text, 80), what,
                                  hint ? fmt::format("did you mean \"{}\"?", *hint)
                                       : fmt::format("it knows {}", join(allowed, ", "))));
    }
    const bool repeated = std::any_of(node.keys.begin(), node.keys.begin() + static_cast<std::ptrdiff_t>(i),
                                      [&](const YamlNode& earlier) { return earlier.text == key.text; });
    if (repeated) faults.add(key, fmt::format("\"{}\" is given twice; keep one", printable(key.text, 80)));
    if (i >= 1000) break;  // more keys than any schema has: the unknown ones are already told
  }
}

const YamlNode* MapReader::find(std::string_view key) const { return child(node_, key); }

const YamlNode* MapReader::require(std::string_view key) {
  const YamlNode* found = find(key);
  if (found == nullptr && node_.kind == YamlNode::Kind::map) {
    faults_.add(node_, fmt::format("{} lacks \"{}\"; add it", what_, key));
  }
  return found;
}

std::string MapReader::text(std::string_view key) {
  const YamlNode* found = require(key);
  if (found == nullptr) return {};
  if (found->kind != YamlNode::Kind::scalar || trim(found->text).empty()) {
    faults_.add(*found, fmt::format("\"{}\" must be text; write {}: \"...\"", key, key));
    return {};
  }
  return std::string(trim(found->text));
}

std::vector<const YamlNode*> elements(const YamlNode& node, std::string_view what, Faults& faults) {
  std::vector<const YamlNode*> out;
  if (node.kind != YamlNode::Kind::sequence) {
    faults.add(node, fmt::format("{} must be a list; write - before each element", what));
    return out;
  }
  for (const YamlNode& item : node.items) out.push_back(&item);
  return out;
}

}  // namespace plimsoll::policy
