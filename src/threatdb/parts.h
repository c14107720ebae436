#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "threatdb/mirror.h"
#include "threatdb/threatdb.h"
#include "wire/describe.h"

namespace plimsoll::threatdb {

// One file of an import, not looked into yet.
struct Part {
  std::string kind;  // "archive", "kev", "epss", "cvss"; "file": to be recognised by its content
  std::string name;  // of an archive the source's name in the database ("osv/Debian"); else for messages
  Bytes bytes;
};

// Parses `parts` and builds the database `path`, for which the lock is held.
Result<ImportReport> build_from(std::vector<Part> parts, const std::string& from, const std::string& path,
                                system::sandbox::Sandbox* sandbox);

// What goes to the worker that parses, beside the files; and what comes back, described for wire/packed.h.
struct ImportOrder {
  std::string from, path;
  std::vector<std::string> kinds, names;
};

template <class A, wire::Is<ImportOrder> T>
void describe(A& a, T& v) {
  a.member("from", v.from);
  a.member("path", v.path);
  a.member("kinds", v.kinds);
  a.member("names", v.names);
}

template <class A, wire::Is<ImportReport> T>
void describe(A& a, T& v) {
  a.member("info", v.info);
  a.member("json_bytes", v.json_bytes);
  a.member("skipped", v.skipped);
}

}  // namespace plimsoll::threatdb

namespace plimsoll {

template <class A, wire::Is<DbSource> T>
void describe(A& a, T& v) {
  a.member("name", v.name);
  a.member("records", v.records);
  a.member("date", v.date);
}

template <class A, wire::Is<ThreatDbInfo> T>
void describe(A& a, T& v) {
  a.member("present", v.present);
  a.member("path", v.path);
  a.member("built_at", v.built_at);
  a.member("records", v.records);
  a.member("sources", v.sources);
  a.member("starter_pack", v.starter_pack);
}

}  // namespace plimsoll
