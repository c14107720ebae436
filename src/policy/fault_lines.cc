#include "policy/fault_lines.h"

#include "base/text.h"

namespace plimsoll::policy {
namespace {

// Takes "NUMBER:" off the front.
int take_number(std::string_view& rest) {
  const size_t end = rest.find(':');
  const auto number = end == std::string_view::npos ? std::nullopt : parse_uint(rest.substr(0, end));
  if (!number || *number > 10'000'000) return 0;
  rest.remove_prefix(end + 1);
  return static_cast<int>(*number);
}

FaultLine taken_apart(std::string_view line, const std::vector<std::string>& files) {
  FaultLine out;
  for (const std::string& file : files) {
    const std::string front = printable(file, 256) + ":";
    if (!line.starts_with(front) || file.size() < out.file.size()) continue;
    out.file = file;
  }
  if (!out.file.empty()) {
    line.remove_prefix(printable(out.file, 256).size() + 1);
    out.line = take_number(line);
    out.column = out.line > 0 ? take_number(line) : 0;
  }
  out.what = trim(line);
  return out;
}

}  // namespace

std::vector<FaultLine> fault_lines(const Error& error, const std::vector<std::string>& files) {
  std::vector<FaultLine> out;
  for (const std::string_view line : split(error.message, '\n')) out.push_back(taken_apart(line, files));
  return out;
}

}  // namespace plimsoll::policy
