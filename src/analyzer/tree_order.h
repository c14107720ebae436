#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/reading.h"
#include "wire/describe.h"

// What goes to a worker that reads a tree and what comes back, described for wire/packed.h.
namespace plimsoll::analyzer {

struct TreeOrder {
  TreeSource::Kind kind = TreeSource::Kind::directory;
  std::string name;
  std::vector<std::string> skip;
  std::optional<std::vector<std::string>> mapped;
  bool mapped_complete = false;
};

constexpr std::array<std::string_view, 4> source_kinds{"directory", "archive", "layout", "stream"};

inline std::string_view name_of(TreeSource::Kind kind) { return source_kinds.at(static_cast<size_t>(kind)); }
inline std::optional<TreeSource::Kind> parse_name(std::string_view text, TreeSource::Kind*) {
  for (size_t i = 0; i < source_kinds.size(); ++i) {
    if (source_kinds[i] == text) return static_cast<TreeSource::Kind>(i);
  }
  return std::nullopt;
}

template <class A, wire::Is<TreeOrder> T>
void describe(A& a, T& v) {
  a.member("kind", v.kind);
  a.member("name", v.name);
  a.member("skip", v.skip);
  a.member("mapped", v.mapped);
  a.member("mapped_complete", v.mapped_complete);
}

template <class A, wire::Is<TreeFacts> T>
void describe(A& a, T& v) {
  a.member("os", v.os);
  a.member("packages", v.packages);
  a.member("not_assessed", v.not_assessed);
  a.member("setuid_files", v.setuid_files);
  a.member("digest", v.config.digest);
  a.member("tags", v.config.tags);
  a.member("image_os", v.config.os);
  a.member("architecture", v.config.architecture);
  a.member("user", v.config.user);
  a.member("exposed_ports", v.config.exposed_ports);
}

}  // namespace plimsoll::analyzer
