#include "base/text.h"
#include "system/sandbox/sandbox.h"
#include "threatdb/gather.h"
#include "threatdb/parts.h"
#include "wire/packed.h"

namespace plimsoll::threatdb {
namespace {

using system::sandbox::WorkerSide;

// Every look into a part happens here.
Status add_part(Part part, Material& material) {
  if (part.kind == "file") return recognise(part.name, std::move(part.bytes), material);
  material.bytes.push_back(std::move(part.bytes));
  const std::string_view text = material.bytes.back().view();
  if (part.kind == "archive") {
    auto zip = feed::ZipReader::open(text);
    if (!zip.ok())
      return Error{zip.error().kind, zip.error().message, printable(part.name + "/all.zip"), zip.error().advice};
    material.archives.push_back({part.name, std::move(zip).value()});
  }
  if (part.kind == "kev") material.exploited = text;
  if (part.kind == "epss") material.epss = text;
  if (part.kind == "cvss") material.cvss = text;
  return Done{};
}

Result<ImportReport> build_here(std::vector<Part> parts, const std::string& from, const std::string& path,
                                int descriptor) {
  Material material;
  material.bytes.reserve(parts.size());
  material.unpacked.reserve(parts.size());
  for (Part& part : parts) PLIMSOLL_CHECK(add_part(std::move(part), material));
  return build(std::move(material), from, path, descriptor);
}

Result<std::string> import_body(WorkerSide& side) {
  PLIMSOLL_TRY(order, wire::unpack<ImportOrder>(side.request()));
  std::vector<Part> parts;
  for (size_t i = 0; i < order.names.size(); ++i) {
    PLIMSOLL_TRY(bytes, Bytes::map_descriptor(side.descriptor(i), order.names[i]));
    parts.push_back({order.kinds[i], order.names[i], std::move(bytes)});
  }
  PLIMSOLL_TRY(report, build_here(std::move(parts), order.from, order.path, system::sandbox::output_descriptor));
  return wire::pack(report);
}

Result<ImportReport> build_in_worker(const std::vector<Part>& parts, const std::string& from, const std::string& path,
                                     int descriptor, system::sandbox::Sandbox& sandbox) {
  ImportOrder order{from, path, {}, {}};
  system::sandbox::Job job;
  for (const Part& part : parts) {
    order.kinds.push_back(part.kind);
    order.names.push_back(part.name);
    job.descriptors.push_back(part.bytes.descriptor());
  }
  job.body = import_body;
  job.request = wire::pack(order);
  job.output = descriptor;
  // The feeds of a whole mirror are mapped, and a database has at most 4 GiB of texts.
  job.limits.memory_bytes = job.limits.file_bytes = uint64_t{32} << 30;
  job.limits.whole_seconds = job.limits.stall_seconds = 3600;
  const system::sandbox::Outcome outcome = sandbox.run(job);
  if (!outcome.answer.ok()) return outcome.answer.error();
  PLIMSOLL_TRY(report, wire::unpack<ImportReport>(*outcome.answer));
  report.info.path = path;
  for (DbSource& source : report.info.sources) source.name = printable(source.name, 200);
  return report;
}

}  // namespace

Result<ImportReport> build_from(std::vector<Part> parts, const std::string& from, const std::string& path,
                                system::sandbox::Sandbox* sandbox) {
  PLIMSOLL_TRY(file, NewFile::beside(path));
  Result<ImportReport> report = sandbox != nullptr ? build_in_worker(parts, from, path, file.descriptor(), *sandbox)
                                                   : build_here(std::move(parts), from, path, file.descriptor());
  if (report.ok()) PLIMSOLL_CHECK(file.replace());
  return report;
}

}  // namespace plimsoll::threatdb
