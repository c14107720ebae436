#include "analyzer/reading.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "analyzer/tree_order.h"
#include "base/text.h"
#include "inventory/take_inventory.h"
#include "system/errno_error.h"
#include "wire/packed.h"
#include "wire/recording.h"

namespace plimsoll::analyzer {
namespace {

using system::sandbox::Job;
using system::sandbox::Outcome;
using system::sandbox::WorkerSide;

void append(IncompleteList& to, IncompleteList from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Takes over `file`.
Result<rootfs::Image> open_tree(const TreeOrder& order, int file, rootfs::ByteSource stream) {
  rootfs::Image image;
  switch (order.kind) {
    case TreeSource::Kind::directory: {
      PLIMSOLL_TRY(tree, rootfs::open_directory_at(file, order.skip));
      image.tree = std::move(tree);
      return image;
    }
    case TreeSource::Kind::archive:
      return rootfs::open_archive_at(file, order.name);
    case TreeSource::Kind::layout:
      return rootfs::open_oci_layout_at(file, order.name);
    case TreeSource::Kind::stream:
      return rootfs::open_stream(std::move(stream));
  }
  return Error{ErrorKind::bug, "a tree of no known kind"};
}

// The work itself, wherever it is done.
Result<TreeFacts> read_opened(const TreeOrder& order, int file, rootfs::ByteSource stream,
                              const std::function<void(uint64_t)>& progress) {
  PLIMSOLL_TRY(image, open_tree(order, file, std::move(stream)));
  TreeFacts out;
  Result<inventory::Taken> taken = inventory::take_inventory(*image.tree, progress);
  if (!taken.ok()) {
    out.not_assessed.push_back({"packages", taken.error().to_string(), taken.error().advice});
    return out;
  }
  if (order.mapped) inventory::mark_loaded(*image.tree, taken->inventory, *order.mapped, order.mapped_complete);
  out.os = std::move(taken->inventory.os);
  out.packages = std::move(taken->inventory.packages);
  append(out.not_assessed, std::move(taken->inventory.not_assessed));
  out.setuid_files = std::move(taken->setuid_files);
  out.config = std::move(image.config);
  return out;
}

rootfs::ByteSource bytes_of(int pipe) {
  return [pipe](char* buffer, size_t capacity) -> Result<size_t> {
    for (;;) {
      const ssize_t got = ::read(pipe, buffer, capacity);
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) return Error{ErrorKind::unreachable, std::strerror(errno)};
    }
  };
}

Result<std::string> tree_body(WorkerSide& side) {
  PLIMSOLL_TRY(order, wire::unpack<TreeOrder>(side.request()));
  const bool streamed = order.kind == TreeSource::Kind::stream;
  const auto progress = [&side](uint64_t entries) { side.progress(entries); };
  PLIMSOLL_TRY(facts,
               read_opened(order, side.descriptor(0), streamed ? bytes_of(side.descriptor(0)) : nullptr, progress));
  return wire::pack(facts);
}

Result<TreeFacts> read_in_worker(const Settings& settings, const TreeOrder& order, TreeSource& source,
                                 const std::function<void(uint64_t)>& progress) {
  Job job;
  job.body = tree_body;
  job.request = wire::pack(order);
  job.progress = progress;
  const bool names = order.kind == TreeSource::Kind::directory || order.kind == TreeSource::Kind::layout;
  if (source.file.valid()) job.descriptors = {source.file.get()};
  job.trees = names ? 1 : 0;
  job.reads_as_root = names;
  job.except = source.forbidden;
  job.source = std::move(source.stream);
  const Outcome outcome = settings.sandbox->run(job);
  if (!outcome.answer.ok() && !outcome.lost) return outcome.answer.error();
  Result<TreeFacts> facts = outcome.answer.ok() ? wire::unpack<TreeFacts>(*outcome.answer) : outcome.answer.error();
  if (!facts.ok()) {
    const Error error = facts.error();
    facts = TreeFacts{};
    facts->not_assessed.push_back({"packages", error.to_string(), error.advice});
  }
  if (outcome.source_failed)
    facts->not_assessed.push_back(
        {"rest of the image", outcome.source_failed->to_string(), outcome.source_failed->advice});
  return facts;
}

constexpr size_t longest_recording = size_t{256} << 20;

Result<Report> parse_recording(int file, const std::string& path) {
  struct stat status{};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    return Error{ErrorKind::unsupported, "not a regular file", printable(path)};
  if (static_cast<uint64_t>(status.st_size) > longest_recording)
    return Error{ErrorKind::limit, "larger than " + std::to_string(longest_recording) + " bytes", printable(path)};
  std::string text(static_cast<size_t>(status.st_size), '\0');
  size_t have = 0;
  while (have < text.size()) {
    const ssize_t got = ::pread(file, text.data() + have, text.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system::errno_error(errno, "read", path);
    if (got == 0) break;
    have += static_cast<size_t>(got);
  }
  text.resize(have);
  return wire::facts_from_json(text, path);
}

Result<std::string> recording_body(WorkerSide& side) {
  PLIMSOLL_TRY(report, parse_recording(side.descriptor(0), std::string(side.request())));
  return wire::pack(report);
}

}  // namespace

Result<TreeFacts> read_tree(const Settings& settings, TreeSource source, const Mapped* mapped,
                            const std::function<void(uint64_t)>& progress) {
  TreeOrder order{source.kind, source.name, source.skip, std::nullopt, false};
  if (mapped != nullptr) {
    order.mapped = mapped->files;
    order.mapped_complete = mapped->complete;
  }
  rootfs::ImageConfig told = std::move(source.config);
  Result<TreeFacts> facts = settings.sandbox != nullptr
                                ? read_in_worker(settings, order, source, progress)
                                : read_opened(order, source.file.release(), std::move(source.stream), progress);
  if (facts.ok() && source.kind == TreeSource::Kind::stream) facts->config = std::move(told);
  return facts;
}

Result<Report> read_recording(const Settings& settings, const std::string& path) {
  const system::Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.valid()) {
    Error error = system::errno_error(errno, "open", path);
    error.advice = "name a directory written by `plimsoll scan --record`";
    return error;
  }
  if (settings.sandbox == nullptr) return parse_recording(file.get(), path);
  Job job;
  job.body = recording_body;
  job.request = path;
  job.descriptors = {file.get()};
  job.limits.answer_bytes = 2 * longest_recording;
  job.limits.memory_bytes = uint64_t{4} << 30;
  const Outcome outcome = settings.sandbox->run(job);
  Result<Report> report = outcome.answer.ok() ? wire::unpack<Report>(*outcome.answer) : outcome.answer.error();
  if (report.ok() || !(outcome.lost || outcome.answer.ok())) return report;
  Report nothing;
  nothing.incomplete.push_back({"recording " + printable(path), report.error().to_string(), report.error().advice});
  return nothing;
}

}  // namespace plimsoll::analyzer
