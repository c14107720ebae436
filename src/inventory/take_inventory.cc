#include "inventory/take_inventory.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "inventory/catalogers.h"
#include "inventory/finish.h"
#include "inventory/kept_files.h"

namespace plimsoll::inventory {
namespace {

constexpr uint32_t setuid_bit = 04000;
constexpr size_t max_setuid_files = 100'000;  // remembered by name until the walk is done
constexpr uint64_t entries_between_reports = 4096;

// Reads every file that a cataloger wants while the tree goes by. Thread-safe, as Visitor asks.
class Collector : public rootfs::Visitor {
 public:
  Collector(const std::function<void(uint64_t)>& progress, const Keeps& keeps) : kept(keeps), progress_(progress) {}

  KeptFiles kept;

  bool wants(const rootfs::Entry& entry) override {
    if (progress_) count();
    const bool keep = kept.wants(entry);
    if (entry.type != rootfs::EntryType::file) return false;
    look_at_mode(entry);
    return cataloger_for(entry) != nullptr || keep;
  }

  void visit(const rootfs::Entry& entry, rootfs::File& file) override {
    const Cataloger* cataloger = cataloger_for(entry);
    std::optional<KeptFiles::Copy> copy;
    if (kept.wants(entry)) {
      if (!cataloger) return kept.take(entry, file);
      copy.emplace(kept.take_and_copy(entry, file));
    }
    if (!cataloger) return;
    FileFinding finding{std::string(entry.path), entry.layer, cataloger, {}, {}};
    Result<Found> found = cataloger->parse(entry.path, copy ? *copy : file);
    if (found.ok())
      finding.found = std::move(found).value();
    else
      finding.error = std::move(found).error();
    if (is_empty(finding)) return;
    const std::lock_guard lock(mutex_);
    findings_.push_back(std::move(finding));
  }

  std::vector<FileFinding> take_findings() { return std::move(findings_); }

  // Call after the walk.
  Fact<bool> setuid_files(const rootfs::Tree& tree) const {
    const std::string source = "permission bits";
    if (!modes_known_.load()) return Fact<bool>::missing("permission bits are not known", source);
    const bool any =
        std::ranges::any_of(setuid_, [&](const auto& file) { return tree.visible(file.first, file.second); });
    return Fact<bool>::of(any, source);
  }

 private:
  // A database without packages still hides a lower layer's; anything else that is empty says nothing.
  static bool is_empty(const FileFinding& finding) {
    const Found& found = finding.found;
    return finding.cataloger->role != Role::os_database && !finding.error && found.packages.empty() && !found.os &&
           found.owned.empty() && found.not_assessed.empty();
  }

  void count() {
    const uint64_t seen = entries_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (seen % entries_between_reports == 0) progress_(seen);
  }

  void look_at_mode(const rootfs::Entry& entry) {
    if (entry.mode == 0) return;
    if (!modes_known_.load(std::memory_order_relaxed)) modes_known_.store(true);
    if ((entry.mode & setuid_bit) == 0) return;
    const std::lock_guard lock(mutex_);
    if (setuid_.size() < max_setuid_files) setuid_.emplace_back(entry.path, entry.layer);
  }

  const std::function<void(uint64_t)>& progress_;
  std::atomic<uint64_t> entries_{0};
  std::atomic<bool> modes_known_{false};
  std::mutex mutex_;
  std::vector<FileFinding> findings_;                   // guarded by mutex_
  std::vector<std::pair<std::string, size_t>> setuid_;  // guarded by mutex_
};

}  // namespace

Result<Taken> take_inventory(rootfs::Tree& tree, const std::function<void(uint64_t)>& progress, const Keeps& keeps) {
  Collector collector(progress, keeps);
  PLIMSOLL_TRY(walked, tree.walk(collector));
  if (progress) progress(walked.entries);
  Taken taken;
  taken.inventory = finish(collector.take_findings(), tree);
  taken.inventory.entries = walked.entries;
  IncompleteList& gaps = taken.inventory.not_assessed;
  taken.kept = collector.kept.finish(tree, gaps);
  gaps.insert(gaps.end(), walked.not_assessed.begin(), walked.not_assessed.end());
  std::ranges::sort(gaps);
  gaps.erase(std::unique(gaps.begin(), gaps.end()), gaps.end());
  taken.setuid_files = collector.setuid_files(tree);
  return taken;
}

}  // namespace plimsoll::inventory
