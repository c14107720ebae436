#include "benchmark/test_of_value.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "version/upstream.h"

namespace plimsoll::benchmark {
namespace {

using Kind = FactTree::Kind;

Tested truth(bool value) { return {value ? Tristate::yes : Tristate::no, {}}; }
Tested unknown(std::string why) { return {Tristate::unknown, std::move(why)}; }

Tested another_kind(const FactTree& node, std::string_view wanted) {
  return unknown(node.kind == Kind::absent ? "absent" : fmt::format("it is {}, not {}", word_of(node.kind), wanted));
}

Kind kind_of(const Literal& literal) {
  constexpr std::array<Kind, 3> kKinds{Kind::boolean, Kind::integer, Kind::text};
  return kKinds[literal.index()];
}

bool same(const FactTree& node, const Literal& literal) {
  if (node.kind != kind_of(literal)) return false;
  if (node.kind == Kind::boolean) return node.boolean == std::get<bool>(literal);
  if (node.kind == Kind::integer) return node.integer == std::get<int64_t>(literal);
  return node.text == std::get<std::string>(literal);
}

bool is_value(const FactTree& node) {
  return node.kind == Kind::boolean || node.kind == Kind::integer || node.kind == Kind::text;
}

Tested among(const FactTree& node, const std::vector<Literal>& values) {
  if (std::any_of(values.begin(), values.end(), [&](const Literal& v) { return same(node, v); })) return truth(true);
  if (std::any_of(values.begin(), values.end(), [&](const Literal& v) { return kind_of(v) == node.kind; }))
    return truth(false);
  return another_kind(node, values.empty() ? "a value" : word_of(kind_of(values.front())));
}

Tested order(Op op, const FactTree& node, const Literal& value) {
  if (node.kind != Kind::integer) return another_kind(node, "a whole number");
  const auto* bound = std::get_if<int64_t>(&value);
  if (bound == nullptr) return unknown("what it is compared with is not a whole number");
  switch (op) {
    case Op::at_least:
      return truth(node.integer >= *bound);
    case Op::at_most:
      return truth(node.integer <= *bound);
    case Op::greater_than:
      return truth(node.integer > *bound);
    default:
      return truth(node.integer < *bound);
  }
}

// The members of a file that a test asks for may themselves be unknown.
Tested member_problem(const FactTree& member, std::string_view name) {
  return unknown(member.kind == Kind::unknown ? fmt::format("{}: {}", name, printable(member.text, 200))
                                              : fmt::format("its {} is {}", name, word_of(member.kind)));
}

Tested mode_within(const FactTree& node, const Literal& mask) {
  const FactTree& mode = node.kind == Kind::map ? node.at("mode") : node;
  if (node.kind != Kind::map && node.kind != Kind::integer) return another_kind(node, "a file or its mode");
  if (mode.kind != Kind::integer) return member_problem(mode, "mode");
  return truth((mode.integer & ~std::get<int64_t>(mask)) == 0);
}

Tested owner_part(const FactTree& file, const OwnerPart& part, const char* id_name, const char* name_name) {
  if (part.id) {
    const FactTree& id = file.at(id_name);
    return id.kind == Kind::integer ? truth(id.integer == *part.id) : member_problem(id, id_name);
  }
  if (part.name.empty()) return truth(true);
  const FactTree& name = file.at(name_name);
  return name.kind == Kind::text ? truth(name.text == part.name) : member_problem(name, name_name);
}

Tested owner(const FactTree& node, const FactTest& test) {
  if (node.kind != Kind::map) return another_kind(node, "a file");
  Tested user = owner_part(node, test.user, "uid", "user");
  if (user.state == Tristate::no) return user;
  Tested group = owner_part(node, test.group, "gid", "group");
  return group.state == Tristate::no || user.state == Tristate::yes ? group : user;
}

Tested contains(const FactTree& node, const Literal& value) {
  if (node.kind == Kind::text) {
    const auto* part = std::get_if<std::string>(&value);
    return part != nullptr ? truth(node.text.find(*part) != std::string::npos)
                           : unknown("what it is searched for is not a text");
  }
  if (node.kind != Kind::list) return another_kind(node, "a list or a text");
  if (std::any_of(node.items.begin(), node.items.end(), [&](const FactTree& i) { return same(i, value); }))
    return truth(true);
  const auto hidden =
      std::find_if(node.items.begin(), node.items.end(), [](const FactTree& i) { return i.kind == Kind::unknown; });
  return hidden == node.items.end() ? truth(false) : unknown("an item: " + printable(hidden->text, 200));
}

Tested subset_of(const FactTree& node, const std::vector<Literal>& values) {
  if (node.kind != Kind::list) return another_kind(node, "a list");
  Tested out = truth(true);
  for (const FactTree& item : node.items) {
    if (!is_value(item)) {
      out = unknown(item.kind == Kind::unknown ? "an item: " + printable(item.text, 200)
                                               : fmt::format("an item is {}", word_of(item.kind)));
    } else if (std::none_of(values.begin(), values.end(), [&](const Literal& v) { return same(item, v); })) {
      return truth(false);
    }
  }
  return out;
}

Tested empty(const FactTree& node) {
  switch (node.kind) {
    case Kind::list:
      return truth(node.items.empty());
    case Kind::map:
      return truth(node.members.empty());
    case Kind::text:
      return truth(node.text.empty());
    default:
      return another_kind(node, "a list, a map or a text");
  }
}

Tested versions(Op op, const FactTree& node, const Literal& value) {
  if (node.kind != Kind::text) return another_kind(node, "a version");
  const auto* text = std::get_if<std::string>(&value);
  const auto bound = text != nullptr ? version::parse_upstream(*text) : std::nullopt;
  const auto mine = version::parse_upstream(node.text);
  if (!mine) return unknown(fmt::format("\"{}\" cannot be read as a version", printable(node.text, 80)));
  if (!bound) return unknown("what it is compared with cannot be read as a version");
  return truth(op == Op::older_than ? *mine < *bound : *mine >= *bound);
}

// "/var/lib" holds "/var/lib" and "/var/lib/x", not "/var/library". No links are followed: texts only.
Tested within(const FactTree& node, const Literal& value) {
  if (node.kind != Kind::text) return another_kind(node, "a path");
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || !text->starts_with('/')) return unknown("what it is compared with is no path");
  if (!node.text.starts_with('/')) return unknown("it is no absolute path");
  std::string_view top = *text, path = node.text;
  if (path.find("/../") != std::string_view::npos || path.ends_with("/..")) return unknown("the path goes up by ..");
  while (top.ends_with('/')) top.remove_suffix(1);
  return truth(path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/'));
}

Tested decide(const FactTest& test, const FactTree& node, const std::vector<Literal>& values) {
  switch (test.op) {
    case Op::equals:
    case Op::in:
      return among(node, values);
    case Op::at_least:
    case Op::at_most:
    case Op::greater_than:
    case Op::less_than:
      return order(test.op, node, values.front());
    case Op::mode_within:
      return mode_within(node, values.front());
    case Op::owner:
      return owner(node, test);
    case Op::matches:
      return node.kind == Kind::text ? truth(re2::RE2::PartialMatch(node.text, *test.pattern))
                                     : another_kind(node, "a text");
    case Op::contains:
      return contains(node, values.front());
    case Op::subset_of:
      return subset_of(node, values);
    case Op::exists:
      return truth(node.kind != Kind::absent);
    case Op::empty:
      return empty(node);
    case Op::older_than:
    case Op::version_at_least:
      return versions(test.op, node, values.front());
    case Op::within:
      return within(node, values.front());
  }
  return unknown("no such test");
}

std::optional<Literal> literal_of(const FactTree& node) {
  if (node.kind == Kind::boolean) return Literal{node.boolean};
  if (node.kind == Kind::integer) return Literal{node.integer};
  if (node.kind == Kind::text) return Literal{node.text};
  return std::nullopt;
}

}  // namespace

Tested test_value(const FactTest& test, const Found& found, const Found* other) {
  if (!found.problem.empty()) return unknown(found.problem);
  Tested tested;
  if (other == nullptr) {
    tested = decide(test, *found.node, test.values);
  } else if (!other->problem.empty()) {
    return unknown(fmt::format("{}: {}", printable(test.other->text, 200), other->problem));
  } else if (const auto literal = literal_of(*other->node)) {
    tested = decide(test, *found.node, {*literal});
  } else {
    return unknown(fmt::format("{} is {}", printable(test.other->text, 200), word_of(other->node->kind)));
  }
  if (test.negated && tested.state != Tristate::unknown) {
    tested.state = tested.state == Tristate::yes ? Tristate::no : Tristate::yes;
  }
  return tested;
}

}  // namespace plimsoll::benchmark
