// SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/: one run; a rule for each id, a result for each threat
// and check, a notification for what could not be assessed.
#include <fmt/format.h>

#include <map>
#include <string>

#include "base/sha256.h"
#include "base/text.h"
#include "model/names.h"
#include "report/render.h"
#include "report/summary.h"
#include "wire/json_writer.h"

namespace plimsoll::report {
namespace {

using wire::JsonWriter;

constexpr size_t longest_text = 4000;

// What is said once of all results with the same id.
struct SarifRule {
  std::string title, help, uri, kind;
  double severity = 0;
};

// One result, in the words of the format.
struct SarifResult {
  std::string rule, kind, level, message, location;
  const AssetReport* asset = nullptr;
  std::string subject;
  std::string suppressed;  // why somebody excepted it; empty: nobody did
};

// 3.27.10: error, warning, note; none for whatever is no failure.
std::string_view level_of(SeverityLevel severity) {
  switch (severity) {
    case SeverityLevel::critical:
    case SeverityLevel::high:
      return "error";
    case SeverityLevel::low:
      return "note";
    default:
      return "warning";
  }
}

// 3.27.9
std::string_view kind_of(CheckOutcome outcome) {
  constexpr std::array<std::string_view, 5> kinds{"pass", "fail", "notApplicable", "review", "open"};
  return kinds[static_cast<size_t>(outcome)];
}

// The middle of each band, for readers that sort by a number and were given a word.
double number_of(SeverityLevel level) {
  constexpr std::array<double, 5> numbers{5.0, 2.5, 5.5, 8.0, 9.5};
  return numbers[static_cast<size_t>(level)];
}

// A path as relative URI reference (RFC 3986): all but unreserved characters and "/" in percents.
std::string uri_of(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  std::string out;
  for (const char c : path.substr(0, longest_text)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || c == '/';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

class Sarif {
 public:
  Sarif(const Report& report, const Options& options) : report_(report) {
    for (const AssetReport& asset : report.assets) {
      for (const Threat* threat : listed_threats(asset, options)) {
        if (threat->kind != ThreatKind::benchmark) add(asset, *threat, {});
      }
      for (const ExceptedThreat& excepted : asset.excepted) {
        if (excepted.threat.kind != ThreatKind::benchmark && is_listed(excepted.threat, options))
          add(asset, excepted.threat, excepted_text(excepted));
      }
      for (const CheckResult& row : asset.checks) {
        const bool wanted = row.outcome != CheckOutcome::pass && row.outcome != CheckOutcome::not_applicable;
        if (wanted && options.wants(row.severity)) add(asset, row);
      }
    }
    size_t at = 0;
    for (const auto& [id, rule] : rules_) index_[id] = at++;
  }

  std::string text() {
    out_.begin_object();
    out_.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json").member("version", "2.1.0").key("runs");
    out_.begin_array().begin_object().key("tool").begin_object().key("driver").begin_object();
    out_.member("name", "Plimsoll").member("semanticVersion", printable(report_.tool_version, 40)).key("rules");
    out_.begin_array();
    for (const auto& [id, rule] : rules_) write(id, rule);
    out_.end_array().end_object().end_object();
    write_invocation();
    out_.key("results").begin_array();
    for (const SarifResult& result : results_) write(result);
    out_.end_array().end_object().end_array().end_object();
    return std::move(out_).take() + "\n";
  }

 private:
  void add(const AssetReport& asset, const Threat& threat, const std::string& suppressed) {
    const std::string id = printable(threat.id.value, 200);
    const std::string title = threat.title.empty() ? id : threat.title;
    SarifRule& rule = rules_.try_emplace(id, SarifRule{title, threat.remedy, "", "", 0}).first->second;
    rule.kind = name_of(threat.kind);
    rule.severity = std::max(rule.severity, threat.severity.score.value_or(number_of(threat.severity.level)));
    for (const std::string& reference : threat.references) {
      if (rule.uri.empty() && reference.starts_with("https://")) rule.uri = reference;
    }
    std::string message = title, location;
    if (threat.package) {
      const Package& package = *threat.package;
      message = fmt::format("{} {} in {}: {}{}", package.name, package.version, asset.asset.name, title,
                            threat.fixed_version.empty() ? "; no fix known" : "; fixed in " + threat.fixed_version);
      if (!package.locations.empty()) location = package.locations.front();
    } else if (!threat.evidence.empty()) {
      message += ": " + threat.evidence;
    }
    results_.push_back({id, "fail", std::string(level_of(threat.severity.level)), message, location, &asset,
                        threat.package ? threat.package->name + " " + threat.package->version : "", suppressed});
  }

  void add(const AssetReport& asset, const CheckResult& row) {
    const std::string id = printable(row.rule, 200);
    SarifRule& rule = rules_.try_emplace(id, SarifRule{row.title, row.remedy, "", "benchmark", 0}).first->second;
    rule.severity = std::max(rule.severity, number_of(row.severity));
    const bool fails = row.outcome == CheckOutcome::fail;
    std::string message = fmt::format("{}: {}", row.subject, row.title);
    for (const std::string* part : {&row.reason, &row.evidence}) {
      if (!part->empty()) message += "; " + *part;
    }
    results_.push_back({id, std::string(kind_of(row.outcome)), fails ? std::string(level_of(row.severity)) : "none",
                        message, "", &asset, row.subject, fails ? exception_of(asset, row.rule) : ""});
  }

  static std::string exception_of(const AssetReport& asset, const std::string& rule) {
    for (const ExceptedThreat& excepted : asset.excepted) {
      if (excepted.threat.id.value == rule) return excepted_text(excepted);
    }
    return {};
  }

  void text_member(std::string_view name, std::string_view text) {
    out_.key(name).begin_object().member("text", printable(text, longest_text)).end_object();
  }

  void write(const std::string& id, const SarifRule& rule) {
    out_.begin_object().member("id", id);
    text_member("shortDescription", rule.title.empty() ? id : rule.title);
    if (!rule.help.empty()) text_member("help", rule.help);
    if (!rule.uri.empty() && printable(rule.uri) == rule.uri && rule.uri.find(' ') == std::string::npos) {
      out_.member("helpUri", rule.uri);
    }
    out_.key("properties").begin_object().member("security-severity", fmt::format("{:.1f}", rule.severity));
    out_.key("tags").begin_array().value("security").value(rule.kind).end_array().end_object().end_object();
  }

  void write_invocation() {
    out_.key("invocations").begin_array().begin_object().member("executionSuccessful", true);
    out_.member("endTimeUtc", format_rfc3339(report_.generated_at)).key("toolExecutionNotifications").begin_array();
    for (const Gap& row : gaps_of(report_)) {
      std::string where = row.assets.empty() ? "" : join(row.assets, ", ") + ": ";
      out_.begin_object().member("level", "warning");
      text_member("message", "not assessed: " + where + row.gap.what + ": " + row.gap.reason);
      out_.end_object();
    }
    out_.end_array().end_object().end_array();
  }

  void write(const SarifResult& result) {
    const Asset& asset = result.asset->asset;
    out_.begin_object().member("ruleId", result.rule).member("ruleIndex", index_.at(result.rule));
    out_.member("kind", result.kind).member("level", result.level);
    text_member("message", result.message);
    out_.key("locations").begin_array().begin_object();
    if (!result.location.empty()) {
      out_.key("physicalLocation").begin_object().key("artifactLocation").begin_object();
      out_.member("uri", uri_of(result.location)).end_object().end_object();
    }
    out_.key("logicalLocations").begin_array().begin_object();
    out_.member("name", printable(asset.name, 200)).member("fullyQualifiedName", printable(asset.id.value, 300));
    out_.member("kind", "resource").end_object().end_array().end_object().end_array();
    if (!result.suppressed.empty()) {  // 3.35
      out_.key("suppressions").begin_array().begin_object().member("kind", "external").member("status", "accepted");
      out_.member("justification", result.suppressed).end_object().end_array();
    }
    // The same finding in the next run: what was found where, not how it reads.
    out_.key("partialFingerprints").begin_object();
    out_.member("plimsoll/1",
                sha256_hex(result.rule + '\n' + asset.id.value + '\n' + result.subject + '\n' + result.location));
    out_.end_object().end_object();
  }

  const Report& report_;
  std::map<std::string, SarifRule> rules_;
  std::map<std::string, size_t> index_;
  std::vector<SarifResult> results_;
  JsonWriter out_;
};

}  // namespace

std::string render_sarif(const Report& report, const Options& options) { return Sarif(report, options).text(); }

}  // namespace plimsoll::report
