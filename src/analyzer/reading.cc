#include "analyzer/reading.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "analyzer/append.h"
#include "analyzer/tree_order.h"
#include "base/text.h"
#include "inventory/take_inventory.h"
#include "repository/openpgp.h"
#include "system/errno_error.h"
#include "wire/packed.h"
#include "wire/recording.h"

namespace plimsoll::analyzer {
namespace {

using system::sandbox::Job;
using system::sandbox::Outcome;
using system::sandbox::WorkerSide;

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

using inventory::Keep;

Keep keep_unnamed(std::string_view path) {
  return repository::wants_repository_file(path) && !repository::is_read_by_name(path) ? Keep::whole : Keep::no;
}
Keep keep_all(std::string_view path) {
  if (repository::is_package_index(path)) return Keep::packed;
  return repository::wants_repository_file(path) ? Keep::whole : Keep::no;
}

// The work itself, wherever it is done.
Result<TreeReading> read_opened(const TreeOrder& order, int file, rootfs::ByteSource stream,
                                const std::function<void(uint64_t)>& progress) {
  PLIMSOLL_TRY(image, open_tree(order, file, std::move(stream)));
  TreeReading reading;
  TreeFacts& out = reading.facts;
  // Of a directory most is read later, if at all, and what is large never held.
  const auto keeps = order.kind == TreeSource::Kind::directory ? keep_unnamed : keep_all;
  Result<inventory::Taken> taken = inventory::take_inventory(*image.tree, progress, keeps);
  if (!taken.ok()) {
    out.not_assessed.push_back({"packages", taken.error().to_string(), taken.error().advice});
    return reading;
  }
  if (order.mapped) inventory::mark_loaded(*image.tree, taken->inventory, *order.mapped, order.mapped_complete);
  out.os = std::move(taken->inventory.os);
  out.packages = std::move(taken->inventory.packages);
  append(out.not_assessed, std::move(taken->inventory.not_assessed));
  out.setuid_files = std::move(taken->setuid_files);
  out.config = std::move(image.config);
  // For another go. When this machine's lists are asked for the tree's own were of no use, and they are large.
  const bool with_indexes = order.help.repositories || order.help.changelogs;
  for (const auto& [path, bytes] : taken->kept) {
    if (with_indexes || !repository::is_package_index(path)) reading.kept.emplace(path, bytes);
  }
  repository::Files files(std::move(taken->kept), image.tree.get());
  reading.answer = answer_offers(std::move(files), out.os, out.packages, order.help);
  if (reading.answer.complete()) reading.kept.clear();
  return reading;
}

// Another go with more help. Files that the walk did not keep can be read of a directory only (`file`, taken over; -1:
// there is none).
OfferAnswer answer_again(OfferOrder order, int file) {
  std::unique_ptr<rootfs::Tree> tree;
  if (file >= 0) {
    if (auto opened = rootfs::open_directory_at(file); opened.ok()) tree = std::move(*opened);
  }
  return answer_offers(repository::Files(std::move(order.kept), tree.get()), order.os, order.packages, order.help);
}

Result<std::string> offer_body(WorkerSide& side) {
  PLIMSOLL_TRY(order, wire::unpack<OfferOrder>(side.request()));
  return wire::pack(answer_again(std::move(order), side.descriptors() > 0 ? side.descriptor(0) : -1));
}

Result<std::string> host_body(WorkerSide& side) {
  PLIMSOLL_TRY(order, wire::unpack<HostOrder>(side.request()));
  PLIMSOLL_TRY(lists, read_host_offers(side.descriptor(0), order));
  return wire::pack(lists);
}

Incomplete lost_offers(const Error& error) { return {"pending security updates", error.to_string(), error.advice}; }

// Helps until the answer stands.
void complete_offers(const Settings& settings, OfferDesk& offers, TreeReading& reading, OfferHelp help,
                     const system::Descriptor& directory) {
  constexpr int most_rounds = 8;  // sources, release, packages, changelogs, with room
  int round = 0;
  while (!reading.answer.complete() && round++ < most_rounds &&
         offers.serve(reading.answer, reading.facts.os, reading.facts.packages, help)) {
    OfferOrder order{reading.facts.os, reading.facts.packages, reading.kept, help};
    if (settings.sandbox == nullptr) {
      reading.answer = answer_again(std::move(order), directory.valid() ? ::dup(directory.get()) : -1);
      continue;
    }
    Job job;
    job.body = offer_body;
    job.prepare = repository::load_openpgp;
    job.request = wire::pack(order);
    if (directory.valid()) {
      job.descriptors = {directory.get()};
      job.trees = 1;
      job.reads_as_root = true;
    }
    const Outcome outcome = settings.sandbox->run(job);
    Result<OfferAnswer> answer =
        outcome.answer.ok() ? wire::unpack<OfferAnswer>(*outcome.answer) : outcome.answer.error();
    if (!answer.ok()) {
      reading.answer = {};
      reading.answer.offered.not_assessed.push_back(lost_offers(answer.error()));
      return;
    }
    reading.answer = std::move(*answer);
  }
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
  PLIMSOLL_TRY(reading,
               read_opened(order, side.descriptor(0), streamed ? bytes_of(side.descriptor(0)) : nullptr, progress));
  return wire::pack(reading);
}

// Whether package lists may lie in it, whose signatures are checked: of layers nobody knows before they are read.
bool may_hold_signatures(TreeSource::Kind kind, int file) {
  if (kind != TreeSource::Kind::directory) return true;
  return std::ranges::any_of(repository::places_of_signed_lists, [&](const char* place) {
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return system::Descriptor(static_cast<int>(::syscall(SYS_openat2, file, place, &how, sizeof how))).valid();
  });
}

Result<TreeReading> read_in_worker(const Settings& settings, const TreeOrder& order, TreeSource& source,
                                   const std::function<void(uint64_t)>& progress) {
  Job job;
  job.body = tree_body;
  if (may_hold_signatures(order.kind, source.file.get())) job.prepare = repository::load_openpgp;
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
  Result<TreeReading> reading =
      outcome.answer.ok() ? wire::unpack<TreeReading>(*outcome.answer) : outcome.answer.error();
  if (!reading.ok()) {
    const Error error = reading.error();
    reading = TreeReading{};
    reading->facts.not_assessed.push_back({"packages", error.to_string(), error.advice});
    reading->answer.offered.not_assessed.push_back(lost_offers(error));
  }
  if (outcome.source_failed)
    reading->facts.not_assessed.push_back(
        {"rest of the image", outcome.source_failed->to_string(), outcome.source_failed->advice});
  return reading;
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
                            const std::function<void(uint64_t)>& progress, OfferDesk& offers) {
  TreeOrder order{source.kind, source.name, source.skip, std::nullopt, false, offers.begin()};
  if (mapped != nullptr) {
    order.mapped = mapped->files;
    order.mapped_complete = mapped->complete;
  }
  rootfs::ImageConfig told = std::move(source.config);
  const bool streamed = source.kind == TreeSource::Kind::stream;
  // Kept for another go at what the repositories offer.
  const system::Descriptor directory(source.kind == TreeSource::Kind::directory ? ::dup(source.file.get()) : -1);
  Result<TreeReading> reading = settings.sandbox != nullptr
                                    ? read_in_worker(settings, order, source, progress)
                                    : read_opened(order, source.file.release(), std::move(source.stream), progress);
  if (!reading.ok()) return std::move(reading).error();
  complete_offers(settings, offers, *reading, std::move(order.help), directory);
  TreeFacts facts = std::move(reading->facts);
  facts.offered = std::move(reading->answer.offered);
  if (streamed) facts.config = std::move(told);
  return facts;
}

HostOffers read_host(const Settings& settings, const HostOrder& order) {
  const system::Descriptor root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  Result<HostOffers> lists = Error{ErrorKind::unreachable, "cannot be opened", "/"};
  if (settings.sandbox == nullptr) {
    lists = read_host_offers(::dup(root.get()), order);
  } else if (root.valid()) {
    Job job;
    job.body = host_body;
    job.prepare = repository::load_openpgp;
    job.request = wire::pack(order);
    job.descriptors = {root.get()};
    job.trees = 1;
    job.reads_as_root = true;
    const Outcome outcome = settings.sandbox->run(job);
    lists = outcome.answer.ok() ? wire::unpack<HostOffers>(*outcome.answer) : outcome.answer.error();
  }
  if (lists.ok() && !repository::well_formed(lists->apt))
    lists = Error{ErrorKind::malformed, "what the worker sent does not fit together"};
  if (lists.ok()) return std::move(*lists);
  HostOffers none;  // as a machine without lists; the trees that want them say so
  none.apt_read = true;
  none.apt.not_assessed.push_back(lost_offers(lists.error()));
  return none;
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
