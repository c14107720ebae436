// The file that keeps profiles: {"schema": "plimsoll.baseline/1", "frozen": false, "groups": [{"group": ..., ...}]}.
#include <simdjson.h>

#include <array>

#include "base/text.h"
#include "network/baseline/baseline.h"
#include "wire/json_writer.h"

namespace plimsoll::network {
namespace {

constexpr std::string_view kSchema = "plimsoll.baseline/1";
constexpr size_t kBytesMost = size_t{256} << 20, kTextMost = 400, kDepthMost = 8;
constexpr std::array kKinds = {TraitKind::peer, TraitKind::protocol, TraitKind::listener, TraitKind::destination};

using simdjson::dom::element;
using simdjson::dom::object;

void write(wire::JsonWriter& out, const Trait& trait, const TraitMemory& memory) {
  out.begin_object().member("kind", name_of(trait.kind)).member("what", trait.text);
  out.member("first_seen", format_rfc3339(memory.first_seen)).member("last_seen", format_rfc3339(memory.last_seen));
  out.member("hours", memory.hours).member("days", memory.days);
  if (memory.abnormal_since != Instant{}) out.member("abnormal_since", format_rfc3339(memory.abnormal_since));
  out.end_object();
}

// Reads members of one object; the first that is missing or wrong is remembered.
class Members {
 public:
  explicit Members(const object& from) : from_(from) {}

  std::string text(const char* name) {
    std::string_view value;
    if (from_[name].get(value) != simdjson::SUCCESS) fault_ = fault_.empty() ? name : fault_;
    return printable(value, kTextMost);
  }
  uint64_t number(const char* name) {
    uint64_t value = 0;
    if (from_[name].get(value) != simdjson::SUCCESS) fault_ = fault_.empty() ? name : fault_;
    return value;
  }
  bool truth(const char* name) {
    bool value = false;
    if (from_[name].get(value) != simdjson::SUCCESS) fault_ = fault_.empty() ? name : fault_;
    return value;
  }
  Instant time(const char* name) {
    const auto at = parse_rfc3339(text(name));
    if (!at) fault_ = fault_.empty() ? name : fault_;
    return at.value_or(Instant{});
  }
  bool has(const char* name) const { return from_[name].error() == simdjson::SUCCESS; }
  simdjson::dom::array list(const char* name) {
    simdjson::dom::array value;
    if (from_[name].get(value) != simdjson::SUCCESS) fault_ = fault_.empty() ? name : fault_;
    return value;
  }
  const std::string& fault() const { return fault_; }

 private:
  const object& from_;
  std::string fault_;
};

std::string read_trait(const element& item, GroupProfile& profile) {
  object from;
  if (item.get(from) != simdjson::SUCCESS) return "traits";
  Members members(from);
  Trait trait;
  const std::string kind = members.text("kind");
  const auto known = std::find_if(kKinds.begin(), kKinds.end(), [&](TraitKind k) { return name_of(k) == kind; });
  if (known == kKinds.end()) return "kind";
  trait.kind = *known;
  trait.text = members.text("what");
  TraitMemory memory;
  memory.first_seen = members.time("first_seen");
  memory.last_seen = members.time("last_seen");
  memory.hours = static_cast<uint32_t>(std::min<uint64_t>(members.number("hours"), UINT32_MAX));
  memory.days = static_cast<uint32_t>(std::min<uint64_t>(members.number("days"), UINT32_MAX));
  if (members.has("abnormal_since")) memory.abnormal_since = members.time("abnormal_since");
  profile.traits.emplace(std::move(trait), memory);
  return members.fault();
}

std::string read_group(const element& item, std::map<std::string, GroupProfile>& groups) {
  object from;
  if (item.get(from) != simdjson::SUCCESS) return "groups";
  Members members(from);
  GroupProfile& profile = groups[members.text("group")];
  constexpr uint64_t century = 100ull * 366 * 24 * 3600;
  profile.observed = std::chrono::seconds(std::min(members.number("observed_seconds"), century));
  profile.flows = members.number("flows");
  profile.last_seen = members.time("last_seen");
  profile.forgotten = members.number("forgotten");
  profile.open = members.truth("open");
  const simdjson::dom::array traits = members.list("traits");
  if (!members.fault().empty()) return members.fault();
  for (const element& trait : traits) {
    if (std::string fault = read_trait(trait, profile); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace

std::string Baseline::to_json() const {
  wire::JsonWriter out;
  out.begin_object().member("schema", kSchema).member("frozen", frozen_).key("groups").begin_array();
  for (const auto& [name, profile] : groups_) {
    out.begin_object().member("group", name);
    out.member("observed_seconds", static_cast<uint64_t>(profile.observed.count())).member("flows", profile.flows);
    out.member("last_seen", format_rfc3339(profile.last_seen)).member("forgotten", profile.forgotten);
    out.member("open", profile.open).key("traits").begin_array();
    for (const auto& [trait, memory] : profile.traits) write(out, trait, memory);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return std::move(out).take() + "\n";
}

Result<Baseline> Baseline::from_json(std::string_view text, const std::string& file_name) {
  const auto malformed = [&](const std::string& what) {
    return Error{ErrorKind::malformed, what, file_name, "name another file, or remove it and learn anew"};
  };
  if (text.size() > kBytesMost) return malformed("larger than any baseline is");
  simdjson::dom::parser parser;
  element root;
  object from;
  auto code = parser.allocate(std::max(text.size(), size_t{64}), kDepthMost);
  if (code == simdjson::SUCCESS) code = parser.parse(text.data(), text.size(), true).get(root);
  if (code != simdjson::SUCCESS || root.get(from) != simdjson::SUCCESS) return malformed("no baseline: not valid JSON");
  Members members(from);
  if (members.text("schema") != kSchema) return malformed("its schema is not " + std::string(kSchema));
  Baseline out;
  out.frozen_ = members.truth("frozen");
  const simdjson::dom::array groups = members.list("groups");
  if (!members.fault().empty()) return malformed("its member " + members.fault() + " is missing or wrong");
  for (const element& group : groups) {
    if (const std::string fault = read_group(group, out.groups_); !fault.empty()) {
      return malformed("a group's member " + fault + " is missing or wrong");
    }
  }
  return out;
}

}  // namespace plimsoll::network
