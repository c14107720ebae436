#include "policy/policy_files.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/file.h"
#include "base/text.h"
#include "policy/faults.h"
#include "policy/sections.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {
namespace {

constexpr size_t most_files = 1000, most_bytes = size_t{4} << 20;

using PolicyFile = std::pair<std::string, std::string>;

// Every file is read for all assets before any is for some: what holds for these is laid over the whole.
class Reading {
 public:
  explicit Reading(Policy& policy) : policy_(policy) {}

  void read(const std::vector<PolicyFile>& files) {
    for (const auto& [name, text] : files) {
      Result<YamlNode> document = parse_yaml(text, name);
      read_.push_back({name, Faults(name), {}});
      if (!document.ok()) {
        faults_.push_back(document.error().message);
        continue;
      }
      read_.back().document = std::move(*document);
      read_sections(*read_.back().document, name, policy_, read_.back().faults);
      std::vector<Origin> origins = origins_of(*read_.back().document, name, not_settings);
      policy_.origins.insert(policy_.origins.end(), origins.begin(), origins.end());
    }
    for (File& file : read_) {
      if (file.document) read_scoped(*file.document, file.name, policy_, file.faults);
      if (!file.faults.empty()) faults_.push_back(file.faults.error().message);
    }
  }
  // A line each.
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  struct File {
    std::string name;
    Faults faults;
    std::optional<YamlNode> document;
  };
  Policy& policy_;
  std::vector<File> read_;
  std::vector<std::string> faults_;
};

Result<std::vector<std::string>> yaml_files_of(const std::string& directory) {
  std::vector<std::string> out;
  std::error_code fault;
  for (std::filesystem::directory_iterator it(directory, fault), end; !fault && it != end; it.increment(fault)) {
    if (it->path().extension() == ".yaml" && it->path().filename().string().front() != '.') out.push_back(it->path());
    if (out.size() > most_files) return Error{ErrorKind::limit, "more than 1000 policy files", directory};
  }
  if (fault) return Error{ErrorKind::denied, "cannot be listed: " + fault.message(), directory};
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Result<Policy> parse_policies(const std::vector<PolicyFile>& files) {
  PLIMSOLL_TRY(policy, default_policy());
  Reading reading(policy);
  reading.read(files);
  if (!reading.faults().empty()) return Error{ErrorKind::malformed, join(reading.faults(), "\n")};
  return policy;
}

Result<Policy> parse_policy(std::string_view text, const std::string& file_name) {
  return parse_policies({{file_name, std::string(text)}});
}

Result<std::vector<std::string>> policy_file_names(const std::string& path) {
  std::error_code ignored;
  const std::string directory = path.empty() ? policies_directory : path;
  if (std::filesystem::is_directory(directory, ignored)) return yaml_files_of(directory);
  return path.empty() ? std::vector<std::string>() : std::vector<std::string>{path};
}

Result<std::vector<PolicyFile>> read_policy_files(const std::string& path) {
  PLIMSOLL_TRY(names, policy_file_names(path));
  std::vector<PolicyFile> out;
  for (const std::string& name : names) {
    PLIMSOLL_TRY(text, read_file(name, most_bytes));
    out.emplace_back(name, std::move(text));
  }
  return out;
}

}  // namespace plimsoll::policy
