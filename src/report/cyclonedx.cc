// CycloneDX 1.5 as JSON (ECMA-424 is its later edition; https://cyclonedx.org/docs/1.5/json/): one bill for all assets
// of the report, each a component that holds its packages, and the threats to them as vulnerabilities.
#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "model/names.h"
#include "report/bill.h"
#include "report/render.h"
#include "report/summary.h"
#include "wire/json_writer.h"

namespace plimsoll::report {
namespace {

using wire::JsonWriter;

constexpr size_t longest_text = 4000, most_places = 20;

std::string_view type_of(AssetKind kind) { return kind == AssetKind::host ? "device" : "container"; }

// The names of the format for whose number a vector is.
std::string_view method_of(std::string_view vector) {
  if (vector.starts_with("CVSS:4")) return "CVSSv4";
  if (vector.starts_with("CVSS:3.1")) return "CVSSv31";
  if (vector.starts_with("CVSS:3.0")) return "CVSSv3";
  return vector.starts_with("AV:") ? "CVSSv2" : "other";
}

class Bill {
 public:
  Bill(const Report& report, const Options& options) : report_(report), options_(options) {}

  std::string text() {
    out_.begin_object().member("$schema", "http://cyclonedx.org/schema/bom-1.5.schema.json");
    out_.member("bomFormat", "CycloneDX").member("specVersion", "1.5");
    out_.member("serialNumber", "urn:uuid:" + uuid_of(report_, "cyclonedx")).member("version", 1).key("metadata");
    write_metadata();
    out_.key("components").begin_array();
    for (size_t i = 0; i < report_.assets.size(); ++i) write_asset(i);
    out_.end_array().key("vulnerabilities").begin_array();
    for (size_t i = 0; i < report_.assets.size(); ++i) write_threats(i);
    out_.end_array().end_object();
    return std::move(out_).take() + "\n";
  }

 private:
  static std::string ref(size_t asset) { return fmt::format("asset-{}", asset); }
  static std::string ref(size_t asset, size_t package) { return fmt::format("asset-{}-package-{}", asset, package); }

  void text_member(std::string_view name, std::string_view text) {
    if (!text.empty()) out_.member(name, printable(text, longest_text));
  }
  void property(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out_.begin_object().member("name", "plimsoll:" + std::string(name)).member("value", printable(value, longest_text));
    out_.end_object();
  }

  void write_metadata() {
    out_.begin_object().member("timestamp", format_rfc3339(report_.generated_at)).key("tools").begin_object();
    out_.key("components").begin_array().begin_object().member("type", "application").member("name", "plimsoll");
    out_.member("version", printable(report_.tool_version, 40)).end_object().end_array().end_object();
    out_.key("properties").begin_array();
    property("threat-database", database_line(report_.threat_db));
    for (const Gap& row : gaps_of(report_))
      property("not-assessed",
               (row.assets.empty() ? "" : join(row.assets, ", ") + ": ") + row.gap.what + ": " + row.gap.reason);
    out_.end_array().end_object();
  }

  void write_asset(size_t i) {
    const AssetReport& asset = report_.assets[i];
    out_.begin_object().member("type", type_of(asset.asset.kind)).member("bom-ref", ref(i));
    out_.member("name", printable(asset.asset.name, 300)).key("properties").begin_array();
    property("id", asset.asset.id.value);
    property("image", asset.asset.image);
    property("score", std::to_string(asset.assessment.score));
    property("level", level_word(asset));
    out_.end_array().key("components").begin_array();
    if (asset.os) {
      out_.begin_object().member("type", "operating-system").member("bom-ref", ref(i) + "-os");
      out_.member("name", printable(asset.os->id.empty() ? "linux" : asset.os->id, 100));
      text_member("version", asset.os->version_id);
      text_member("description", asset.os->pretty_name);
      out_.end_object();
    }
    for (size_t k = 0; k < asset.packages.size(); ++k) write_package(asset.packages[k], ref(i, k));
    out_.end_array().end_object();
  }

  void write_package(const Package& package, const std::string& name) {
    out_.begin_object().member("type", "library").member("bom-ref", name);
    out_.member("name", printable(package.name, 300)).member("version", printable(package.version, 300));
    text_member("purl", package.purl);
    out_.key("properties").begin_array();
    property("loaded", name_of(package.loaded));
    property("layer", package.layer.value);
    if (package.source_name != package.name) property("source", package.source_name + " " + package.source_version);
    out_.end_array();
    if (!package.locations.empty()) {
      out_.key("evidence").begin_object().key("occurrences").begin_array();
      for (size_t i = 0; i < std::min(package.locations.size(), most_places); ++i)
        out_.begin_object().member("location", printable(package.locations[i], longest_text)).end_object();
      out_.end_array().end_object();
    }
    out_.end_object();
  }

  void write_threats(size_t i) {
    const AssetReport& asset = report_.assets[i];
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, size_t> place;
    for (size_t k = 0; k < asset.packages.size(); ++k)
      place.emplace(std::tuple(std::string_view(asset.packages[k].name), std::string_view(asset.packages[k].version),
                               std::string_view(asset.packages[k].arch)),
                    k);
    const auto affected = [&](const Threat& threat) {
      const auto found = place.find({threat.package->name, threat.package->version, threat.package->arch});
      return found == place.end() ? ref(i) : ref(i, found->second);
    };
    size_t number = 0;
    for (const Threat* threat : listed_threats(asset, options_)) {
      if (threat->package)
        write_threat(*threat, fmt::format("asset-{}-threat-{}", i, ++number), affected(*threat), nullptr);
    }
    for (const ExceptedThreat& excepted : asset.excepted) {
      if (!excepted.threat.package || !is_listed(excepted.threat, options_)) continue;
      write_threat(excepted.threat, fmt::format("asset-{}-threat-{}", i, ++number), affected(excepted.threat),
                   &excepted);
    }
  }

  void write_rating(const Severity& severity) {
    out_.begin_object();
    if (!severity.source.empty())
      out_.key("source").begin_object().member("name", printable(severity.source, 100)).end_object();
    if (severity.score) out_.member("score", *severity.score);
    out_.member("severity", name_of(severity.level)).member("method", method_of(severity.vector));
    text_member("vector", severity.vector);
    out_.end_object();
  }

  void write_threat(const Threat& threat, const std::string& name, const std::string& on, const ExceptedThreat* by) {
    out_.begin_object().member("bom-ref", name).member("id", printable(threat.id.value, 200)).key("ratings");
    out_.begin_array();
    write_rating(threat.severity);
    for (const Severity& opinion : threat.opinions) write_rating(opinion);
    out_.end_array();
    text_member("description", threat.title);
    text_member("recommendation", threat.fixed_version.empty() ? threat.remedy : "Upgrade to " + threat.fixed_version);
    out_.key("advisories").begin_array();
    for (const std::string& reference : threat.references) {
      if (printable(reference) == reference && reference.find(' ') == std::string::npos)
        out_.begin_object().member("url", reference).end_object();
    }
    out_.end_array();
    if (by != nullptr) {
      out_.key("analysis").begin_object().member("state", "exploitable").key("response").begin_array();
      out_.value("will_not_fix").end_array();
      out_.member("detail", excepted_text(*by)).end_object();
    }
    out_.key("affects").begin_array().begin_object().member("ref", on).end_object().end_array();
    out_.key("properties").begin_array();
    if (threat.known_exploited) property("known-exploited", "true");
    if (threat.epss) property("epss", fixed(*threat.epss, 6));
    property("evidence", threat.evidence);
    out_.end_array().end_object();
  }

  const Report& report_;
  const Options& options_;
  JsonWriter out_;
};

}  // namespace

std::string render_cyclonedx(const Report& report, const Options& options) { return Bill(report, options).text(); }

}  // namespace plimsoll::report
