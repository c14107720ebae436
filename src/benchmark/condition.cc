#include "benchmark/condition.h"

#include <fmt/format.h>

#include <array>
#include <functional>

#include "base/text.h"
#include "benchmark/test_of_value.h"

namespace plimsoll::benchmark {
namespace {

using Kind = Condition::Kind;

constexpr size_t kMaxLooks = 1'000'000;   // facts looked at for one verdict
constexpr size_t kMaxExplained = 10'000;  // conditions gone through for what decided it
constexpr size_t kMaxDecided = 8;
constexpr size_t kMaxShown = 160;  // bytes of one value

// The tree that paths start from: the subject, or inside an `each` its item.
struct Frame {
  Found tree;
  FactTree key;       // the member's name when the each goes over a map; else absent
  std::string label;  // of the item, for messages: "accounts[bob]"; empty for the subject
  const Frame* outer = nullptr;
};

// What a person calls an item of a list: its path, name or id where it has one.
std::string label_of(const FactTree& item, size_t index) {
  for (const char* name : {"path", "name", "id"}) {
    const FactTree& member = item.at(name);
    if (member.kind == FactTree::Kind::text && !member.text.empty()) return printable(member.text, 80);
  }
  return std::to_string(index);
}

class Judge {
 public:
  explicit Judge(const Trees& trees) : trees_(trees) {}

  Tristate state(const Condition& condition, const Frame& frame) {
    switch (condition.kind) {
      case Kind::test:
        return test(condition, frame).state;
      case Kind::all:
        return all(condition.parts.size(), [&](size_t i) { return state(condition.parts[i], frame); });
      case Kind::any:
        return any(condition.parts.size(), [&](size_t i) { return state(condition.parts[i], frame); });
      case Kind::none:
        return inverse(any(condition.parts.size(), [&](size_t i) { return state(condition.parts[i], frame); }));
      default:
        return each(condition, frame);
    }
  }

  // Adds the facts that made `condition` come out as `outcome`.
  void explain(const Condition& condition, const Frame& frame, Tristate outcome, Verdict& out) {
    if (++explained_ > kMaxExplained) return;
    switch (condition.kind) {
      case Kind::test:
        return explain_test(condition, frame, out);
      case Kind::all:
        return explain_parts(condition, frame, outcome, out);
      case Kind::any:
        return explain_parts(condition, frame, outcome, out);
      case Kind::none:
        return explain_parts(condition, frame, inverse(outcome), out);
      default:
        return explain_each(condition, frame, outcome, out);
    }
  }

  Found find(const FactPath& path, const Frame& frame) const {
    const Frame* at = &frame;
    for (size_t i = 0; i < path.up; ++i) {
      if (at->outer == nullptr) return no_telling("there is no enclosing tree");
      at = at->outer;
    }
    switch (path.root) {
      case Root::here:
        return follow(at->tree, path.steps);
      case Root::item:
        return at->tree;
      case Root::key:
        if (at->key.kind == FactTree::Kind::absent) return follow(at->tree, {{"key", {}}});
        return {&at->key, at->tree.source, {}};
      case Root::host:
        return follow(trees_.host, path.steps);
      case Root::runtime:
        return follow(trees_.runtime, path.steps);
      case Root::runtimes:
        return follow(trees_.runtimes, path.steps);
      case Root::container:
        return follow(trees_.container, path.steps);
      case Root::image:
        return follow(trees_.image, path.steps);
      case Root::judged:
        return follow(trees_.judged, path.steps);
    }
    return no_telling("no such root");
  }

 private:
  static Tristate inverse(Tristate v) {
    if (v == Tristate::unknown) return v;
    return v == Tristate::yes ? Tristate::no : Tristate::yes;
  }

  template <class Part>
  static Tristate all(size_t count, const Part& part) {
    Tristate out = Tristate::yes;
    for (size_t i = 0; i < count; ++i) {
      const Tristate one = part(i);
      if (one == Tristate::no) return one;
      if (one == Tristate::unknown) out = one;
    }
    return out;
  }
  template <class Part>
  static Tristate any(size_t count, const Part& part) {
    return inverse(all(count, [&](size_t i) { return inverse(part(i)); }));
  }

  Tested test(const Condition& condition, const Frame& frame) {
    if (++looks_ > kMaxLooks) return {Tristate::unknown, fmt::format("more than {} facts to look at", kMaxLooks)};
    const Found found = find(condition.path, frame);
    if (!condition.test.other) return test_value(condition.test, found, nullptr);
    const Found other = find(*condition.test.other, frame);
    return test_value(condition.test, found, &other);
  }

  static bool full(const Verdict& out) { return out.decided.size() >= kMaxDecided; }

  // Calls `visit(frame of the item)` for each until it says stop (false). Items get labels while `out` (may be null)
  // has room for what they decide.
  template <class Visit>
  void over_items(const Found& list, const Condition& condition, const Frame& frame, const Verdict* out,
                  const Visit& visit) {
    Frame item;
    item.outer = &frame;
    const auto enter = [&](const FactTree& tree, bool labelled, const std::string& label) {
      item.tree = {&tree, tree.source.empty() ? list.source : std::string_view(tree.source), {}};
      if (tree.kind == FactTree::Kind::unknown) item.tree.problem = tree.text.empty() ? "not read" : tree.text;
      if (labelled) item.label = fmt::format("{}[{}]", named(condition.path, frame), label);
      return visit(item);
    };
    if (list.node->kind == FactTree::Kind::map) {
      for (const auto& [name, member] : list.node->members) {
        const bool labelled = out != nullptr && !full(*out);
        item.key = FactTree::of(name);
        if (!enter(member, labelled, labelled ? printable(name, 80) : std::string())) return;
      }
      return;
    }
    for (size_t i = 0; i < list.node->items.size(); ++i) {
      const bool labelled = out != nullptr && !full(*out);
      if (!enter(list.node->items[i], labelled, labelled ? label_of(list.node->items[i], i) : std::string())) return;
    }
  }

  // An each over something absent is over nothing.
  static std::string no_items(const Found& list) {
    if (!list.problem.empty()) return list.problem;
    const bool items = list.node->kind == FactTree::Kind::list || list.node->kind == FactTree::Kind::map ||
                       list.node->kind == FactTree::Kind::absent;
    return items ? "" : fmt::format("it is {}, not a list or a map", word_of(list.node->kind));
  }

  Tristate each(const Condition& condition, const Frame& frame) {
    const Found list = find(condition.path, frame);
    if (++looks_ > kMaxLooks || !no_items(list).empty()) return Tristate::unknown;
    // `all` ends at the first no, the others at the first yes.
    const Tristate last = condition.kind == Kind::each_all ? Tristate::no : Tristate::yes;
    Tristate found = inverse(last);
    over_items(list, condition, frame, nullptr, [&](const Frame& item) {
      const Tristate one = state(condition.parts.front(), item);
      if (one == last || one == Tristate::unknown) found = one;
      return one != last;
    });
    return condition.kind == Kind::each_none ? inverse(found) : found;
  }

  void explain_test(const Condition& condition, const Frame& frame, Verdict& out) {
    if (full(out)) {
      ++out.left_off;
      return;
    }
    const Found found = find(condition.path, frame);
    const Tested tested = test(condition, frame);
    add({named(condition.path, frame),
         tested.state == Tristate::unknown ? printable(tested.why, 200) : shown_value(*found.node),
         printable(found.source, 200)},
        out);
    if (condition.test.other && tested.state != Tristate::unknown) {
      const Found other = find(*condition.test.other, frame);
      add({named(*condition.test.other, frame), shown_value(*other.node), printable(other.source, 200)}, out);
    }
  }

  // Of the parts, those that came out as `part_state` made the whole.
  void explain_parts(const Condition& condition, const Frame& frame, Tristate part_state, Verdict& out) {
    for (const Condition& part : condition.parts) {
      if (state(part, frame) == part_state) explain(part, frame, part_state, out);
    }
  }

  void explain_each(const Condition& condition, const Frame& frame, Tristate outcome, Verdict& out) {
    const Found list = find(condition.path, frame);
    const std::string why = no_items(list);
    const Tristate deciding = condition.kind == Kind::each_none ? inverse(outcome) : outcome;
    const Tristate last = condition.kind == Kind::each_all ? Tristate::no : Tristate::yes;
    if (!why.empty() || deciding == inverse(last)) {
      // No single item decided: the list as a whole did.
      add({named(condition.path, frame), why.empty() ? shown_value(*list.node) : printable(why, 200),
           printable(list.source, 200)},
          out);
      return;
    }
    over_items(list, condition, frame, &out, [&](const Frame& item) {
      if (state(condition.parts.front(), item) == deciding) explain(condition.parts.front(), item, deciding, out);
      return true;
    });
  }

  static void add(Decision decision, Verdict& out) {
    for (const Decision& one : out.decided) {
      if (one == decision) return;
    }
    if (!full(out)) {
      out.decided.push_back(std::move(decision));
    } else {
      ++out.left_off;
    }
  }

  // A path with the items it runs through: "accounts[bob].uid".
  static std::string named(const FactPath& path, const Frame& frame) {
    const Frame* at = &frame;
    for (size_t i = 0; i < path.up && at->outer != nullptr; ++i) at = at->outer;
    const bool below = path.root == Root::here || path.root == Root::item || path.root == Root::key;
    std::string text = printable(path.text, 200);
    if (!below) return text;
    text.erase(0, std::min(text.find_first_not_of('^'), text.size()));
    if (text.starts_with('.')) text.erase(0, 1);
    if (at->label.empty()) return text.empty() ? "." : text;
    if (text.empty()) return at->label;
    return at->label + (text.starts_with('[') ? "" : ".") + text;
  }

  const Trees& trees_;
  size_t looks_ = 0, explained_ = 0;
};

void show_into(const FactTree& node, size_t depth, std::string& out) {
  if (out.size() > kMaxShown) return;
  const auto members = [&](char open, char close, size_t count, const auto& one) {
    out += open;
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) out += ", ";
      if (out.size() > kMaxShown || i >= 6) {
        out += fmt::format("and {} more", count - i);
        break;
      }
      one(i);
    }
    out += close;
  };
  switch (node.kind) {
    case FactTree::Kind::absent:
      out += "absent";
      return;
    case FactTree::Kind::unknown:
      out += "unknown: " + printable(node.text, 100);
      return;
    case FactTree::Kind::boolean:
      out += node.boolean ? "true" : "false";
      return;
    case FactTree::Kind::integer:
      out += std::to_string(node.integer);
      return;
    case FactTree::Kind::text:
      out += '"' + printable(node.text, 100) + '"';
      return;
    case FactTree::Kind::list:
      members('[', ']', node.items.size(), [&](size_t i) {
        const FactTree& item = node.items[i];
        if (item.kind == FactTree::Kind::map && !item.members.empty()) {
          const std::string label = label_of(item, i);
          out += label == std::to_string(i) ? "{...}" : label;
        } else {
          show_into(item, depth + 1, out);
        }
      });
      return;
    case FactTree::Kind::map: {
      auto at = node.members.begin();
      members('{', '}', node.members.size(), [&](size_t) {
        out += printable(at->first, 60);
        if (depth < 1) {
          out += ": ";
          // A mode is an octal number to whoever reads it.
          if (at->first == "mode" && at->second.kind == FactTree::Kind::integer) {
            out += fmt::format("{:04o}", at->second.integer & 07777);
          } else {
            show_into(at->second, depth + 1, out);
          }
        }
        ++at;
      });
      return;
    }
  }
}

}  // namespace

std::string shown_value(const FactTree& node) {
  std::string out;
  show_into(node, 0, out);
  return out;
}

Verdict judge(const Condition& condition, const Found& subject, const Trees& trees) {
  Judge judge(trees);
  const Frame frame{subject, {}, {}, nullptr};
  Verdict out;
  out.state = judge.state(condition, frame);
  judge.explain(condition, frame, out.state, out);
  if (out.decided.empty()) out.decided.push_back({"this rule", "there was too much to look at", ""});
  return out;
}

Decision show(const FactPath& path, const Found& subject, const Trees& trees) {
  const Found found = Judge(trees).find(path, {subject, {}, {}, nullptr});
  return {printable(path.text, 200),
          found.problem.empty() ? shown_value(*found.node) : "unknown: " + printable(found.problem, 200),
          printable(found.source, 200)};
}

}  // namespace plimsoll::benchmark
