#include "report/formats.h"

#include <algorithm>
#include <array>

namespace plimsoll::report {
namespace {

constexpr std::array table{
    Format{"table", "text/plain; charset=utf-8", "txt", render_table},
    Format{"json", "application/json", "json", render_json},
    Format{"html", "text/html; charset=utf-8", "html", render_html},
    Format{"markdown", "text/markdown; charset=utf-8", "md", render_markdown},
    Format{"csv", "text/csv; charset=utf-8", "csv", render_csv},
    Format{"sarif", "application/sarif+json", "sarif", render_sarif},
    Format{"junit", "application/xml", "xml", render_junit},
    Format{"cyclonedx", "application/vnd.cyclonedx+json; version=1.5", "cdx.json", render_cyclonedx},
    Format{"spdx", "application/spdx+json", "spdx.json", render_spdx},
};

}  // namespace

std::span<const Format> formats() { return table; }

const Format* find_format(std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Format& each) { return each.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace plimsoll::report
