#pragma once
#include <span>
#include <string>
#include <string_view>

#include "report/render.h"

namespace plimsoll::report {

// One of the formats a report can be had in.
struct Format {
  std::string_view name, type, ending;  // "json", "application/json", "json"
  std::string (*render)(const Report&, const Options&);
};
std::span<const Format> formats();
const Format* find_format(std::string_view name);  // null: there is none of that name

}  // namespace plimsoll::report
