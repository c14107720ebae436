#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "repository/apt_lists.h"
#include "repository/deb822.h"
#include "repository/release_file.h"

namespace plimsoll::repository {

// The words for the lists of a source among what was not assessed.
std::string told(const AptSource& source);

// One suite of one source while its files are looked up in a tree. `files` and `system` must outlive it.
class AptSuite {
 public:
  AptSuite(const Files& files, AptSource source, const DpkgSystem& system, std::string found_in)
      : files_(&files), source_(std::move(source)), system_(&system), found_in_(std::move(found_in)) {}

  // What its Release file says, which nobody has vouched for yet. False when the tree has none.
  bool open();

  // After open(). What is wrong with the Release file, when it is none at all; then nothing more can be asked.
  const std::string& broken() const { return broken_; }
  // It is the distribution's suite of security updates.
  bool is_security() const;
  // That, or its source calls it so: then a Release file that says otherwise must not go unchecked.
  bool may_be_security() const;

  // Checks signature and content, and adds its list to `out` with the entries of the packages that `wants` names. One
  // that has none of them, and cannot be a security suite, counts for nothing and is left out.
  void read(const WantsPackage& wants, AptLists& out);

 private:
  // An index that was read, to be held against what the Release file announces.
  struct Content {
    std::string name, found_name, hash;
    uint64_t size = 0;
  };

  std::string list_path(const std::string& name) const;
  const std::string* list_file(const std::string& name) const { return files_->find(list_path(name)); }
  void verify();
  PinTarget pin_target() const;
  void read_indexes(const WantsPackage& wants, AptLists& out);
  std::pair<std::unique_ptr<rootfs::File>, std::string> find_index(const std::string& name) const;
  bool is_announced(const std::string& name) const;
  void read_index(const std::string& name, const std::string& component, const std::string& arch,
                  const WantsPackage& wants, AptLists& out);
  std::string fault_of(const Content& content) const;

  const Files* files_;
  AptSource source_;
  const DpkgSystem* system_;
  std::string found_in_;
  const std::string* message_ = nullptr;  // InRelease, whole
  std::string text_, fault_, broken_;     // of the Release file; what is wrong with its message, with itself
  ReleaseFile release_;
  std::string unverified_;
  std::vector<Content> contents_;
};

}  // namespace plimsoll::repository
