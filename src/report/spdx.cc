// SPDX 2.3 as JSON (ISO/IEC 5962 is its edition 2.2.1; https://spdx.github.io/spdx-spec/v2.3/): every asset and every
// package of it is an SPDX package, and the asset contains its packages. What nobody looked at is NOASSERTION.
#include <fmt/format.h>

#include "base/text.h"
#include "model/names.h"
#include "report/bill.h"
#include "report/render.h"
#include "wire/json_writer.h"

namespace plimsoll::report {
namespace {

using wire::JsonWriter;

constexpr std::string_view nobody = "NOASSERTION";

std::string ref(size_t asset) { return fmt::format("SPDXRef-asset-{}", asset); }
std::string ref(size_t asset, size_t package) { return fmt::format("SPDXRef-asset-{}-package-{}", asset, package); }

void write_package(JsonWriter& out, const std::string& id, std::string_view name, std::string_view version,
                   std::string_view purpose, std::string_view comment, std::string_view purl) {
  out.begin_object().member("SPDXID", id).member("name", printable(name.empty() ? nobody : name, 300));
  if (!version.empty()) out.member("versionInfo", printable(version, 300));
  out.member("downloadLocation", nobody).member("filesAnalyzed", false).member("licenseConcluded", nobody);
  out.member("licenseDeclared", nobody).member("copyrightText", nobody).member("primaryPackagePurpose", purpose);
  if (!comment.empty()) out.member("comment", printable(comment, 4000));
  if (!purl.empty()) {
    out.key("externalRefs").begin_array().begin_object().member("referenceCategory", "PACKAGE-MANAGER");
    out.member("referenceType", "purl").member("referenceLocator", printable(purl, 2000)).end_object().end_array();
  }
  out.end_object();
}

void write_relation(JsonWriter& out, std::string_view from, std::string_view how, std::string_view to) {
  out.begin_object().member("spdxElementId", from).member("relationshipType", how).member("relatedSpdxElement", to);
  out.end_object();
}

void write_packages(JsonWriter& out, const Report& report) {
  out.key("packages").begin_array();
  for (size_t i = 0; i < report.assets.size(); ++i) {
    const AssetReport& asset = report.assets[i];
    const std::string release = release_of(asset);
    write_package(out, ref(i), asset.asset.name, {}, asset.asset.kind == AssetKind::host ? "DEVICE" : "CONTAINER",
                  asset.asset.id.value + (release.empty() ? "" : ", " + release), {});
    for (size_t k = 0; k < asset.packages.size(); ++k) {
      const Package& package = asset.packages[k];
      const std::string where = package.locations.empty() ? "" : "found in " + package.locations.front();
      write_package(out, ref(i, k), package.name, package.version, "LIBRARY", where, package.purl);
    }
  }
  out.end_array();
}

}  // namespace

std::string render_spdx(const Report& report, const Options&) {
  JsonWriter out;
  const std::string name = report.assets.size() == 1 ? report.assets.front().asset.name : "plimsoll report";
  out.begin_object().member("spdxVersion", "SPDX-2.3").member("dataLicense", "CC0-1.0");
  out.member("SPDXID", "SPDXRef-DOCUMENT").member("name", printable(name, 300));
  out.member("documentNamespace", "urn:uuid:" + uuid_of(report, "spdx")).key("creationInfo").begin_object();
  out.member("created", format_rfc3339(report.generated_at)).key("creators").begin_array();
  out.value("Tool: plimsoll-" + printable(report.tool_version, 40)).end_array().end_object();
  write_packages(out, report);
  out.key("relationships").begin_array();
  for (size_t i = 0; i < report.assets.size(); ++i) {
    write_relation(out, "SPDXRef-DOCUMENT", "DESCRIBES", ref(i));
    for (size_t k = 0; k < report.assets[i].packages.size(); ++k) write_relation(out, ref(i), "CONTAINS", ref(i, k));
  }
  out.end_array().end_object();
  return std::move(out).take() + "\n";
}

}  // namespace plimsoll::report
