#pragma once
#include <cstdint>
#include <map>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace plimsoll {

// A setting, or a tree of settings, as the benchmark rules read them (docs/benchmark-rules.md). Every node can say
// where it was read. A tree holds what was found, never a judgement. Text is raw: renderers escape it.
struct FactTree {
  enum class Kind {
    absent,   // the thing does not exist here: rules about it are not applicable
    unknown,  // it exists, or may, and could not be read: `text` says why
    boolean,
    integer,
    text,
    list,
    map,
  };
  Kind kind = Kind::absent;
  bool boolean = false;
  int64_t integer = 0;
  std::string text;             // Kind::text: the value; Kind::unknown: the reason
  std::string source;           // where it was read: "/proc/sys/kernel/kptr_restrict"; empty: the parent's source holds
  std::vector<FactTree> items;  // Kind::list
  std::map<std::string, FactTree> members;  // Kind::map

  static FactTree of(bool value, std::string source = {});
  static FactTree of(int64_t value, std::string source = {});
  static FactTree of(std::string value, std::string source = {});
  static FactTree of(const char* value, std::string source = {});  // never the bool overload
  static FactTree unknown_because(std::string reason, std::string source = {});
  static FactTree list_of(std::vector<FactTree> items, std::string source = {});
  static FactTree map_of(std::map<std::string, FactTree> members, std::string source = {});

  // A list of texts, from any range of strings.
  template <std::ranges::input_range Texts>
  static FactTree texts_of(const Texts& values, std::string source = {}) {
    FactTree node = list_of({}, std::move(source));
    for (const auto& value : values) node.items.push_back(of(std::string(value)));
    return node;
  }

  // The member `name` of a map; a shared absent node when there is none, or when this is no map.
  const FactTree& at(const std::string& name) const;

  bool operator==(const FactTree&) const = default;
};

// `above` over `below`, as a drop-in file is laid over the file before it: maps are joined, all else is replaced.
void lay_over(FactTree& below, const FactTree& above);

}  // namespace plimsoll
