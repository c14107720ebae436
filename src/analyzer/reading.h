#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/offers.h"
#include "analyzer/trees.h"
#include "model/report.h"

namespace plimsoll::analyzer {

// The files that processes have mapped, as seen inside their root.
struct Mapped {
  std::vector<std::string> files;
  bool complete = false;
};

// What one file tree holds.
struct TreeFacts {
  std::optional<OsRelease> os;
  std::vector<Package> packages;
  IncompleteList not_assessed;
  Fact<bool> setuid_files;
  Offered offered;
  rootfs::ImageConfig config;  // of images
};

// Reads a tree or a recording: in a worker of settings.sandbox, or in this process where there is none. A worker that
// is lost is not an error: then there is one entry in not_assessed (incomplete, for a recording) that says how.
// `mapped`: null where nothing runs in the tree. Errors: what was opened is no such tree at all.
Result<TreeFacts> read_tree(const Settings& settings, TreeSource source, const Mapped* mapped,
                            const std::function<void(uint64_t)>& progress, OfferDesk& offers);
// This machine's package lists, likewise.
HostOffers read_host(const Settings& settings, const HostOrder& order);
Result<Report> read_recording(const Settings& settings, const std::string& path);

}  // namespace plimsoll::analyzer
