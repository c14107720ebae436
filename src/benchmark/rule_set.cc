#include "benchmark/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "benchmark/map_file.h"
#include "benchmark/names.h"
#include "benchmark/rule_file.h"
#include "policy/faults.h"
#include "policy/tree_image.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::benchmark {
namespace {

using policy::Faults;

constexpr size_t kMaxRules = 20'000;

bool is_map_file(const YamlNode& document) {
  for (size_t i = 0; i < document.keys.size() && i < document.items.size(); ++i) {
    if (document.keys[i].text == "schema") return document.items[i].text.starts_with("plimsoll.map");
    // Without a schema, by what it holds.
    if (document.keys[i].text == "controls") return true;
  }
  return false;
}

class Loader {
 public:
  void take(const SourceFile& file) {
    auto document = file.image.empty() ? parse_yaml(file.text, file.name) : policy::tree_of_image(file.image);
    if (!document.ok()) return tell(document.error().message);
    Faults faults(file.name);
    if (is_map_file(*document)) {
      take_map(read_map(*document, file.name, faults), *document, file, faults);
    } else {
      take_rules(read_rules(*document, file.name, faults), *document, file, faults);
    }
    if (!faults.empty()) tell(faults.error().message);
  }

  // What can only be asked when all is read.
  Result<RuleSet> finish(const std::vector<std::string>& off, const std::string& off_place) {
    std::vector<std::string> ids;
    for (const Rule& rule : set_.rules) ids.push_back(rule.id);
    std::sort(ids.begin(), ids.end());
    for (const auto& [file, document] : map_documents_) {
      Faults faults(file);
      check_rules_of_map(document, ids, faults);
      if (!faults.empty()) tell(faults.error().message);
    }
    for (const std::string& pattern : off) switch_off(pattern, ids, off_place);
    if (!faults_.empty()) return Error{ErrorKind::malformed, faults_};
    return std::move(set_);
  }

 private:
  void tell(const std::string& fault) {
    if (!faults_.empty()) faults_ += '\n';
    faults_ += fault;
  }

  void take_rules(std::vector<Rule> rules, const YamlNode& document, const SourceFile& file, Faults& faults) {
    for (Rule& rule : rules) {
      rule.built_in = file.built_in;
      const auto [place, fresh] = index_.emplace(rule.id, set_.rules.size());
      if (fresh && set_.rules.size() < kMaxRules) {
        set_.rules.push_back(std::move(rule));
      } else if (fresh) {
        index_.erase(place);
        return faults.add(document, fmt::format("more than {} rules in all; remove some", kMaxRules));
      } else if (Rule& earlier = set_.rules[place->second]; earlier.built_in && !rule.built_in) {
        earlier = std::move(rule);
      } else if (!rule.id.empty()) {
        tell(fmt::format("{}: rule \"{}\" is given twice, first at {}; choose another id", rule.place,
                         printable(rule.id, 80), earlier.place));
      }
    }
  }

  void take_map(ControlMap map, const YamlNode& document, const SourceFile& file, Faults& faults) {
    const auto [place, fresh] =
        map_index_.emplace(std::pair(map.benchmark, map.edition), std::pair(set_.maps.size(), file.built_in));
    if (fresh) {
      set_.maps.push_back(std::move(map));
    } else if (place->second.second && !file.built_in) {
      map_documents_.erase(set_.maps[place->second.first].file);
      set_.maps[place->second.first] = std::move(map);
      place->second.second = false;
    } else {
      faults.add(document, fmt::format("{} {} is given twice, first in {}; keep one", printable(map.benchmark, 80),
                                       printable(map.edition, 40), set_.maps[place->second.first].file));
    }
    map_documents_[file.name] = document;
  }

  void switch_off(const std::string& pattern, const std::vector<std::string>& ids, const std::string& place) {
    const size_t before = set_.switched_off.size();
    std::erase_if(set_.rules, [&](const Rule& rule) {
      const bool hit = is_meant(pattern, rule.id);
      if (hit) set_.switched_off.push_back(rule.id);
      return hit;
    });
    if (set_.switched_off.size() > before) return;
    const auto hint = policy::nearest(pattern, ids);
    tell(fmt::format("{}: there is no rule \"{}\"{}", printable(place, 256), printable(pattern, 80),
                     hint ? fmt::format("; did you mean \"{}\"?", *hint) : ""));
  }

  RuleSet set_;
  std::map<std::string, size_t> index_;
  std::map<std::pair<std::string, std::string>, std::pair<size_t, bool>> map_index_;  // -> place, built in
  std::map<std::string, YamlNode> map_documents_;                                     // by file
  std::string faults_;
};

}  // namespace

const Rule* RuleSet::find(std::string_view id) const {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == id; });
  return found == rules.end() ? nullptr : &*found;
}

std::vector<SourceFile> built_in_files() {
  std::vector<SourceFile> files;
  for (const policy::BuiltInTree& tree : policy::built_in_trees()) {
    if (tree.path.starts_with("data/benchmarks/")) files.push_back({std::string(tree.path), {}, true, tree.image});
  }
  return files;
}

Result<RuleSet> load_rules(const std::vector<SourceFile>& files, const std::vector<std::string>& off,
                           const std::string& off_place) {
  Loader loader;
  for (const SourceFile& file : files) loader.take(file);
  return loader.finish(off, off_place);
}

}  // namespace plimsoll::benchmark
