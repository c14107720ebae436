#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// Everything wrong with one file, told at once.
class Faults {
 public:
  explicit Faults(std::string file_name) : file_(std::move(file_name)) {}
  // `what` says what is wrong and what to write instead. At most 100 are kept; the rest is counted.
  void add(const YamlNode& at, std::string what);
  bool empty() const { return faults_.empty(); }
  // All of them as "FILE:LINE:COLUMN: what", a line each, in the order of the file.
  Error error() const;

 private:
  struct Fault {
    int line, column;
    std::string what;
  };
  std::string file_;
  std::vector<Fault> faults_;
  size_t left_off_ = 0;
};

// The name nearest to `word` by edit distance, if near enough to be a slip of the pen.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& names);

// A map whose keys must be among `allowed`: unknown and repeated keys become faults. Values by key; null when absent.
class MapReader {
 public:
  MapReader(const YamlNode& node, std::vector<std::string> allowed, std::string_view what, Faults& faults);
  const YamlNode* find(std::string_view key) const;
  // Like find; an absent key is a fault.
  const YamlNode* require(std::string_view key);
  // The text of a required scalar; empty (with a fault) otherwise.
  std::string text(std::string_view key);

 private:
  const YamlNode& node_;
  std::string what_;
  Faults& faults_;
};

// The elements of a sequence; anything else is a fault and yields none.
std::vector<const YamlNode*> elements(const YamlNode& node, std::string_view what, Faults& faults);

}  // namespace plimsoll::policy
