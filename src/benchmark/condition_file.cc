#include "benchmark/condition_file.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <array>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace plimsoll::benchmark {
namespace {

using policy::Faults;

// What follows the operator's name.
enum class Operand { value, values, number, mask, owner, pattern, flag, version, path };

struct Form {
  std::string_view name;
  Op op;
  bool negated;
  Operand operand;
};

constexpr std::array<Form, 20> kForms{{
    {"equals", Op::equals, false, Operand::value},
    {"not_equals", Op::equals, true, Operand::value},
    {"in", Op::in, false, Operand::values},
    {"not_in", Op::in, true, Operand::values},
    {"at_least", Op::at_least, false, Operand::number},
    {"at_most", Op::at_most, false, Operand::number},
    {"greater_than", Op::greater_than, false, Operand::number},
    {"less_than", Op::less_than, false, Operand::number},
    {"mode_within", Op::mode_within, false, Operand::mask},
    {"owner", Op::owner, false, Operand::owner},
    {"matches", Op::matches, false, Operand::pattern},
    {"not_matches", Op::matches, true, Operand::pattern},
    {"contains", Op::contains, false, Operand::value},
    {"not_contains", Op::contains, true, Operand::value},
    {"subset_of", Op::subset_of, false, Operand::values},
    {"exists", Op::exists, false, Operand::flag},
    {"empty", Op::empty, false, Operand::flag},
    {"older_than", Op::older_than, false, Operand::version},
    {"version_at_least", Op::version_at_least, false, Operand::version},
    {"within", Op::within, false, Operand::path},
}};

std::optional<Literal> literal_of(const YamlNode& node, Faults& faults) {
  if (node.kind != YamlNode::Kind::scalar) {
    faults.add(node, "a single value must stand here: text, a whole number, true or false");
    return std::nullopt;
  }
  if (node.quoted) return Literal{node.text};
  if (node.text == "true" || node.text == "false") return Literal{node.text == "true"};
  if (const auto number = parse_whole_number(node.text)) return Literal{*number};
  const bool numeric = !node.text.empty() && node.text.find_first_not_of("0123456789") == std::string::npos;
  if (numeric) {
    faults.add(node, fmt::format("{} could be read in two ways; write 0o{} for octal, or quote it as text",
                                 printable(node.text, 40), printable(node.text, 40)));
    return std::nullopt;
  }
  return Literal{node.text};
}

bool is_scalar(const YamlNode& node) { return node.kind == YamlNode::Kind::scalar; }

void read_values(const YamlNode& node, std::string_view name, FactTest& test, Faults& faults) {
  for (const YamlNode* item : policy::elements(node, name, faults)) {
    if (const auto literal = literal_of(*item, faults)) test.values.push_back(*literal);
  }
  if (node.kind == YamlNode::Kind::sequence && node.items.empty() && test.op == Op::in) {
    faults.add(node, fmt::format("{} names nothing; list the values", name));
  }
}

void read_mask(const YamlNode& node, FactTest& test, Faults& faults) {
  const auto mask = is_scalar(node) ? parse_uint(node.text, 8) : std::nullopt;
  if (!mask || *mask > 07777 || node.text.size() < 4) {
    faults.add(node, "mode_within takes four octal digits; write mode_within: \"0644\"");
    return;
  }
  test.values.emplace_back(static_cast<int64_t>(*mask));
}

OwnerPart owner_part(std::string_view text) {
  if (const auto id = parse_uint(text)) return {"", static_cast<int64_t>(*id)};
  return {std::string(text), {}};
}

void read_owner(const YamlNode& node, FactTest& test, Faults& faults) {
  const auto parts = split(node.text, ':');
  const bool good =
      is_scalar(node) && parts.size() <= 2 && (!parts.front().empty() || parts.size() == 2) && !parts.back().empty();
  if (!good) {
    faults.add(node, "owner takes user:group; write owner: \"0:0\" or owner: \"root:docker\"");
    return;
  }
  test.user = owner_part(parts.front());
  if (parts.size() == 2) test.group = owner_part(parts.back());
}

void read_pattern(const YamlNode& node, FactTest& test, Faults& faults) {
  if (!is_scalar(node) || node.text.empty()) {
    faults.add(node, "a regular expression must be text; quote it");
    return;
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(int64_t{1} << 20);
  auto pattern = std::make_shared<const re2::RE2>(node.text, options);
  if (!pattern->ok()) {
    faults.add(node, fmt::format("not a regular expression of RE2: {}", printable(pattern->error(), 200)));
    return;
  }
  test.pattern = std::move(pattern);
}

void read_flag(const YamlNode& node, std::string_view name, FactTest& test, Faults& faults) {
  if (!is_scalar(node) || (node.text != "true" && node.text != "false")) {
    faults.add(node, fmt::format("{} must be true or false", name));
  }
  test.negated = node.text == "false";
}

void read_literal(const YamlNode& node, const Form& form, FactTest& test, Faults& faults) {
  const auto literal = literal_of(node, faults);
  if (!literal) return;
  if (form.operand == Operand::number && !std::holds_alternative<int64_t>(*literal)) {
    faults.add(node, fmt::format("{} takes a whole number", form.name));
  }
  test.values.push_back(*literal);
}

// A version or a path is text, whatever it looks like: 20.10 is no number here.
void read_text(const YamlNode& node, const Form& form, FactTest& test, Faults& faults) {
  if (!is_scalar(node) || node.text.empty()) {
    faults.add(node, fmt::format("{} takes text; write {}: \"...\"", form.name, form.name));
  } else if (form.operand == Operand::path && !node.text.starts_with('/')) {
    faults.add(node, fmt::format("{} takes an absolute path; write {}: /...", form.name, form.name));
  }
  test.values.emplace_back(node.text);
}

class Reader {
 public:
  explicit Reader(Faults& faults) : faults_(faults) {}

  Condition condition(const YamlNode& node, size_t depth) {
    if (node.kind != YamlNode::Kind::map || node.keys.empty()) {
      faults_.add(node, "a condition is a map; write {fact: PATH, equals: VALUE}, {each: ...} or {all: [...]}");
      return {};
    }
    for (const YamlNode& key : node.keys) {
      if (key.text == "fact") return fact(node, depth);
      if (key.text == "each") return each(node, depth);
    }
    return logic(node, depth);
  }

 private:
  Condition logic(const YamlNode& node, size_t depth) {
    const policy::MapReader map(node, {"all", "any", "none", "not"}, "a condition without fact or each", faults_);
    if (node.keys.size() != 1) faults_.add(node, "such a condition has exactly one of all, any, none and not");
    Condition out;
    if (const YamlNode* inverse = map.find("not")) {
      out.kind = Condition::Kind::none;
      out.parts.push_back(condition(*inverse, depth));
      return out;
    }
    constexpr std::array<std::pair<const char*, Condition::Kind>, 3> kKinds{
        {{"all", Condition::Kind::all}, {"any", Condition::Kind::any}, {"none", Condition::Kind::none}}};
    for (const auto& [name, kind] : kKinds) {
      const YamlNode* list = map.find(name);
      if (list == nullptr) continue;
      out.kind = kind;
      for (const YamlNode* item : policy::elements(*list, name, faults_)) out.parts.push_back(condition(*item, depth));
      if (list->kind == YamlNode::Kind::sequence && list->items.empty()) {
        faults_.add(*list, fmt::format("{} has no condition; list at least one", name));
      }
    }
    return out;
  }

  Condition each(const YamlNode& node, size_t depth) {
    policy::MapReader map(node, {"each", "all", "any", "none"}, "an each", faults_);
    Condition out;
    out.kind = Condition::Kind::each_all;
    if (const YamlNode* path = map.require("each")) out.path = read_path(*path, depth, faults_);
    if (node.keys.size() != 2) {
      faults_.add(node, "an each has exactly one of all, any and none beside it; write {each: PATH, all: CONDITION}");
    }
    constexpr std::array<std::pair<const char*, Condition::Kind>, 3> kKinds{
        {{"all", Condition::Kind::each_all}, {"any", Condition::Kind::each_any}, {"none", Condition::Kind::each_none}}};
    for (const auto& [name, kind] : kKinds) {
      const YamlNode* inner = map.find(name);
      if (inner == nullptr || !out.parts.empty()) continue;
      out.kind = kind;
      out.parts.push_back(condition(*inner, depth + 1));
    }
    if (out.parts.empty()) out.parts.emplace_back();
    return out;
  }

  // {fact: P, ...}: one test, or several that must all hold.
  Condition fact(const YamlNode& node, size_t depth) {
    std::vector<std::string> keys{"fact"};
    for (const Form& form : kForms) keys.emplace_back(form.name);
    policy::MapReader map(node, keys, "a condition on a fact", faults_);
    FactPath path;
    if (const YamlNode* given = map.require("fact")) path = read_path(*given, depth, faults_);
    Condition out;
    for (const Form& form : kForms) {
      const YamlNode* operand = map.find(form.name);
      if (operand == nullptr) continue;
      Condition test;
      test.kind = Condition::Kind::test;
      test.path = path;
      test.test = read_test(form, *operand, depth);
      out.parts.push_back(std::move(test));
    }
    if (out.parts.empty() && node.keys.size() == 1) {
      faults_.add(node, "nothing is asked of the fact; add equals, in, at_least, matches, exists...");
    }
    if (out.parts.size() == 1) return std::move(out.parts.front());
    return out;
  }

  FactTest read_test(const Form& form, const YamlNode& node, size_t depth) {
    FactTest test;
    test.op = form.op;
    test.negated = form.negated;
    if (node.kind == YamlNode::Kind::map) {
      test.other = other_fact(form, node, depth);
      return test;
    }
    switch (form.operand) {
      case Operand::values:
        read_values(node, form.name, test, faults_);
        break;
      case Operand::mask:
        read_mask(node, test, faults_);
        break;
      case Operand::owner:
        read_owner(node, test, faults_);
        break;
      case Operand::pattern:
        read_pattern(node, test, faults_);
        break;
      case Operand::flag:
        read_flag(node, form.name, test, faults_);
        break;
      case Operand::version:
      case Operand::path:
        read_text(node, form, test, faults_);
        break;
      default:
        read_literal(node, form, test, faults_);
    }
    return test;
  }

  // {fact: P, equals: {fact: Q}}
  FactPath other_fact(const Form& form, const YamlNode& node, size_t depth) {
    const bool single = form.operand == Operand::value || form.operand == Operand::number ||
                        form.operand == Operand::version || form.operand == Operand::path;
    if (!single) {
      faults_.add(node, fmt::format("{} cannot be compared with another fact; write a value", form.name));
      return {};
    }
    policy::MapReader map(node, {"fact"}, fmt::format("the fact {} is compared with", form.name), faults_);
    const YamlNode* path = map.require("fact");
    return path != nullptr ? read_path(*path, depth, faults_) : FactPath{};
  }

  Faults& faults_;
};

}  // namespace

std::optional<int64_t> parse_whole_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x")) base = 16;
  if (text.starts_with("0o")) base = 8;
  if (base != 10) text.remove_prefix(2);
  if (base == 10 && text.size() > 1 && text.front() == '0') return std::nullopt;
  const auto number = parse_uint(text, base);
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (!number || *number > kMax) return std::nullopt;
  const auto value = static_cast<int64_t>(*number);
  return negative ? -value : value;
}

FactPath read_path(const YamlNode& node, size_t depth, Faults& faults) {
  if (node.kind != YamlNode::Kind::scalar) {
    faults.add(node, "a path to a fact must stand here, as text");
    return {};
  }
  Result<FactPath> path = parse_fact_path(node.text);
  if (!path.ok()) {
    faults.add(node, path.error().message);
    return {};
  }
  if (path->up > depth) faults.add(node, "^ leads out of the rule: there are not so many each around it");
  return std::move(*path);
}

Condition read_condition(const YamlNode& node, Faults& faults) { return Reader(faults).condition(node, 0); }

}  // namespace plimsoll::benchmark
