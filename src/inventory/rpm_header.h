#pragma once
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"

namespace plimsoll::inventory {

// Adds the package of one header blob (rpm file format, "header structure", as kept in every form of the database) to
// `found`; `files` hears of its files. Public keys ("gpg-pubkey") are no packages and are passed over. An error says
// what is wrong with the blob; nothing was added then.
Status add_rpm_header(std::string_view blob, Found& found, const FileSink& files);

// Takes the header blobs of a database one after the other and counts those that are refused. All blobs together are
// not larger than the database: a forged one that shows the same bytes again and again is stopped.
class RpmBlobs {
 public:
  RpmBlobs(size_t database_size, Found& found, const FileSink& files)
      : left_(database_size), found_(found), files_(files) {}
  // False when a bound is reached: stop reading then.
  bool take(std::string_view blob);
  // Says what was refused; call once, last.
  void finish();

 private:
  size_t left_;
  Found& found_;
  const FileSink& files_;
  size_t seen_ = 0, refused_ = 0;
  std::string first_reason_;
  bool full_ = false;
};

}  // namespace plimsoll::inventory
