#pragma once
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// Lock files of npm, yarn and pnpm outside node_modules: what may be installed. Development dependencies are left out
// where the file tells them apart (npm, pnpm 5-8; yarn and pnpm 9 do not).
bool wants_npm_lock(const rootfs::Entry& entry);   // package-lock.json, npm-shrinkwrap.json
bool wants_yarn_lock(const rootfs::Entry& entry);  // yarn.lock
bool wants_pnpm_lock(const rootfs::Entry& entry);  // pnpm-lock.yaml
Result<Found> read_npm_lock(std::string_view path, rootfs::File& file);
Result<Found> read_yarn_lock(std::string_view path, rootfs::File& file);
Result<Found> read_pnpm_lock(std::string_view path, rootfs::File& file);

// Pure. Lock file versions 1, 2 and 3 (docs.npmjs.com, package-lock.json).
Result<Found> parse_npm_lock(std::string_view text);
// Pure. Version 1, and the YAML-like form of yarn 2 and later.
Result<Found> parse_yarn_lock(std::string_view text);
// Pure. The keys below "packages:", lock file versions 5 to 9.
Result<Found> parse_pnpm_lock(std::string_view text);

// Adds one npm package to `found` after checking its bounds.
void add_npm(Found& found, std::string_view name, std::string_view version);

}  // namespace plimsoll::inventory
