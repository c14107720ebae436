#include <array>

#include "analyzer/analyzer.h"
#include "base/text.h"

namespace plimsoll::analyzer {
namespace {

struct Form {
  std::string_view word;
  Target::Kind kind;
  bool has_value;
};

constexpr std::array<Form, 8> forms{{
    {"all", Target::Kind::all, false},
    {"host", Target::Kind::host, false},
    {"container", Target::Kind::container, true},
    {"image", Target::Kind::image, true},
    {"archive", Target::Kind::archive, true},
    {"oci", Target::Kind::oci, true},
    {"rootfs", Target::Kind::rootfs, true},
    {"replay", Target::Kind::replay, true},
}};

}  // namespace

Result<Target> parse_target(const std::string& text) {
  const size_t colon = text.find(':');
  const std::string_view word = std::string_view(text).substr(0, colon);
  for (const Form& form : forms) {
    if (form.word != word) continue;
    const bool has_value = colon != std::string::npos && colon + 1 < text.size();
    if (form.has_value != has_value) break;
    return Target{form.kind, has_value ? text.substr(colon + 1) : ""};
  }
  return Error{ErrorKind::malformed,
               "'" + printable(text, 100) + "' is no target",
               {},
               "use host, all, container:NAME, image:REF, archive:FILE, oci:DIR, rootfs:DIR or replay:DIR"};
}

}  // namespace plimsoll::analyzer
