#include "assess/attack_graph.h"

#include <algorithm>
#include <queue>
#include <tuple>

namespace plimsoll::assess {

// A start is an asset with its own level, or the outside (level 1) entering at an asset. Both are filed under the asset
// where the path begins among the assets, the larger of the two counts, and an asset inherits from every source but
// itself: so no level comes back to where it began, and the bare edge from the outside is left out without losing
// longer paths. Two labels of distinct sources at each node suffice: of any two, one has another source than the asset
// asked for; and a path that passes through that asset on its way is never better than its own beginning.

AttackGraph::AttackGraph(int nodes, std::vector<AttackEdge> edges, std::vector<OutsideEdge> outside)
    : edges_(std::move(edges)), outside_(std::move(outside)), leaving_(static_cast<size_t>(nodes)) {
  outside_.resize(static_cast<size_t>(nodes));
  for (size_t i = 0; i < edges_.size(); ++i)
    leaving_[static_cast<size_t>(edges_[i].from)].push_back(static_cast<int>(i));
}

namespace {

// The best two levels of distinct sources offered to one node so far. What lies below both can never settle there: in a
// dense network nearly everything does.
struct Offered {
  double level[2] = {0, 0};
  int source[2] = {-1, -1};

  // False when the offer is hopeless; else it is noted.
  bool take(double offer, int from) {
    if (from == source[0]) {
      if (offer < level[0]) return false;
      level[0] = offer;
    } else if (offer > level[0]) {
      level[1] = level[0];
      source[1] = source[0];
      level[0] = offer;
      source[0] = from;
    } else {
      if (offer < level[1]) return false;
      level[1] = offer;
      source[1] = from;
    }
    return true;
  }
};

}  // namespace

std::vector<AttackGraph::Slots> AttackGraph::settle(const std::vector<double>& own) const {
  struct Entry {
    Label label;
    int node;
  };
  const auto rank = [](const Entry& e) {  // smaller is taken first
    return std::tuple(-e.label.level, e.label.hops, !e.label.outside, e.label.source, e.node, e.label.previous,
                      e.label.previous_slot, e.label.edge);
  };
  const auto later = [&](const Entry& a, const Entry& b) { return rank(a) > rank(b); };
  std::priority_queue<Entry, std::vector<Entry>, decltype(later)> open(later);
  for (size_t i = 0; i < leaving_.size(); ++i) {
    const bool from_outside = outside_[i].probability > 0 && outside_[i].probability >= own[i];
    const double level = from_outside ? outside_[i].probability : own[i];
    const int node = static_cast<int>(i);
    if (level > 0) open.push({{level, node, from_outside, -1, -1, -1, from_outside ? 1 : 0}, node});
  }
  std::vector<Slots> slots(leaving_.size());
  std::vector<Offered> offered(leaving_.size());
  while (!open.empty()) {
    const Entry entry = open.top();
    open.pop();
    Slots& here = slots[static_cast<size_t>(entry.node)];
    if (here.count == 2 || (here.count == 1 && here.label[0].source == entry.label.source)) continue;
    const int slot = here.count;
    here.label[here.count++] = entry.label;
    for (const int number : leaving_[static_cast<size_t>(entry.node)]) {
      const AttackEdge& edge = edges_[static_cast<size_t>(number)];
      const double level = entry.label.level * edge.probability;
      if (level <= 0 || !offered[static_cast<size_t>(edge.to)].take(level, entry.label.source)) continue;
      open.push(
          {{level, entry.label.source, entry.label.outside, entry.node, slot, number, entry.label.hops + 1}, edge.to});
    }
  }
  return slots;
}

const AttackGraph::Label* AttackGraph::chosen(const Slots& slots, int node) const {
  for (int i = 0; i < slots.count; ++i) {
    if (slots.label[i].source != node) return &slots.label[i];
  }
  return nullptr;
}

StrongestPath AttackGraph::path_of(const std::vector<Slots>& slots, const Label& label, int node) const {
  StrongestPath out;
  out.level = label.level;
  const Label* at = &label;
  while (true) {
    if (at->edge >= 0) {
      const AttackEdge& edge = edges_[static_cast<size_t>(at->edge)];
      out.steps.push_back({node, edge.probability, edge.why});
      node = at->previous;
      at = &slots[static_cast<size_t>(node)].label[at->previous_slot];
      continue;
    }
    if (at->outside) {
      const OutsideEdge& edge = outside_[static_cast<size_t>(node)];
      out.steps.push_back({node, edge.probability, edge.why});
      out.steps.push_back({-1, 1, {}});
    } else {
      out.steps.push_back({node, 1, {}});
    }
    break;
  }
  std::reverse(out.steps.begin(), out.steps.end());
  return out;
}

std::vector<StrongestPath> AttackGraph::inherited(const std::vector<double>& own, bool direct) const {
  const auto slots = settle(own);
  std::vector<StrongestPath> out(leaving_.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const int node = static_cast<int>(i);
    if (const Label* label = chosen(slots[i], node)) out[i] = path_of(slots, *label, node);
    if (direct && outside_[i].probability > out[i].level) {
      out[i] = {outside_[i].probability, {{-1, 1, {}}, {node, outside_[i].probability, outside_[i].why}}};
    }
  }
  return out;
}

std::vector<double> AttackGraph::inherited_levels(const std::vector<double>& own, bool direct) const {
  const auto slots = settle(own);
  std::vector<double> out(leaving_.size(), 0.0);
  for (size_t i = 0; i < out.size(); ++i) {
    if (const Label* label = chosen(slots[i], static_cast<int>(i))) out[i] = label->level;
    if (direct) out[i] = std::max(out[i], outside_[i].probability);
  }
  return out;
}

}  // namespace plimsoll::assess
