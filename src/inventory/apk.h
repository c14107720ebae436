#pragma once
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// apk's database: lib/apk/db/installed (also below usr/), as text (v2, and v3's default) or binary (v3 ADB).
bool wants_apk_installed(const rootfs::Entry& entry);
Result<Found> read_apk_installed(std::string_view path, rootfs::File& file);

// Pure: the text form, paragraphs of "K:value" lines (apk-tools, database.c).
// `files` hears of every file of every package.
Found parse_apk_text(std::string_view text, const FileSink& files);

// Pure: the binary form, an ADB file of schema "idb" (installed), "indx" or "pckg", plain or deflated.
Result<Found> parse_apk_adb(std::string_view bytes, const FileSink& files);

// Either form, told apart by the first bytes.
Result<Found> parse_apk(std::string_view bytes, const FileSink& files);

}  // namespace plimsoll::inventory
