// A threat database file with foreign content under right checksums: opens, matches, queries and shows.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "threatdb/format.h"
#include "threatdb/threatdb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  if (size > (1 << 20)) return 0;
  std::string file(reinterpret_cast<const char*>(data), size);
  threatdb::reseal(file);
  const int descriptor = ::memfd_create("threatdb", MFD_CLOEXEC);
  if (descriptor < 0) return 0;
  for (size_t done = 0; done < file.size();) {
    const ssize_t n = ::write(descriptor, file.data() + done, file.size() - done);
    if (n <= 0) break;
    done += static_cast<size_t>(n);
  }
  const auto db = threatdb::ThreatDb::open("/proc/self/fd/" + std::to_string(descriptor));
  if (db.ok()) {
    for (const char* purl :
         {"pkg:npm/a@1.0.0", "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl", "pkg:pypi/b@1"}) {
      (void)db->query(purl).ok();
    }
    for (const char* id : {"CVE-2024-1", "GHSA-aaaa-bbbb-cccc", "DSA-1-1", "none"}) (void)db->show(id).ok();
  }
  ::close(descriptor);
  return 0;
}
