#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::runtime {

// A step of an image's history fit to be kept: values of secrets are replaced by "***".
struct CleanStep {
  std::string text;
  std::vector<std::string> secrets;  // what was replaced, by name: "DB_PASSWORD", "--token", "AWS access key id"
};

// Finds what is secret by its name (NAME=value, --name=value, --name value), by the form of well-known tokens, and
// passwords in URLs. A reference ("$TOKEN") or a switch ("yes") is no secret. At most 64 KiB are looked at and kept.
CleanStep clean_step(std::string_view created_by);

// Whether the value of the environment variable `assignment` ("NAME=value") is a secret; its name goes to `name`.
bool is_secret_assignment(std::string_view assignment, std::string* name);

}  // namespace plimsoll::runtime
