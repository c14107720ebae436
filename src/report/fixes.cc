#include <fmt/format.h>

#include "base/text.h"
#include "report/page.h"
#include "report/summary.h"

namespace plimsoll::report {

std::string render_fixes(const Report& report, const Options& options) {
  Page page(options.columns, options.colour);
  if (const auto warning = database_warning(report, options.db_age_warning_days)) {
    page.paragraph("WARNING: ", *warning, 9, Style::high);
    page.blank();
  }
  if (report.fixes.empty()) {
    page.paragraph("", "Nothing we know of would lower a score.", 0);
    if (!gaps_of(report).empty())
      page.paragraph("", "Not everything could be assessed: see plimsoll scan.", 0, Style::doubt);
    return page.take();
  }
  size_t rank = 0;
  for (const FixAction& fix : report.fixes) {
    const std::string first = fmt::format("{:>3}. ", ++rank);
    page.paragraph(first, fix.title, 5, Style::bold);
    page.paragraph("     ", fmt::format("lowers by {} in all: {}", fix.total_fall, falls_text(fix, 8)), 7, Style::good);
    if (!fix.remedy.empty()) page.paragraph("     ", fix.remedy, 5);
    std::vector<std::string> ids;
    for (const ThreatId& id : fix.removes) {
      if (ids.size() == 6) {
        ids.push_back(fmt::format("{} more", fix.removes.size() - 6));
        break;
      }
      ids.push_back(id.value);
    }
    if (!ids.empty()) page.paragraph("     ", "removes " + join(ids, ", "), 7, Style::dim);
  }
  return page.take();
}

}  // namespace plimsoll::report
