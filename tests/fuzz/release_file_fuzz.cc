// A Release or InRelease file of a stranger, and its signature against a key that is trusted.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "repository/keyring_split.h"
#include "repository/openpgp.h"
#include "repository/release_file.h"
#include "repository/signed_for_tests.h"

using namespace plimsoll::repository;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto split = split_clearsigned(text);
  if (split.ok()) (void)parse_release(*split).ok();
  (void)parse_release(text).ok();
  const Keyring ring{{test_key}, {}};
  // Whatever is signed by our key is what our key signed.
  if (const auto signed_text = verify_clearsigned(text, ring); split.ok() && signed_text.ok()) {
    const auto a = parse_release(*signed_text), b = parse_release(test_release);
    if (!a.ok() || a->hashes != b->hashes || a->suite != b->suite) std::abort();
  }
  std::string whole;
  for (const Certificate& certificate : split_keyring(text)) whole += certificate.bytes;
  if (whole != text) std::abort();
  const Keyring foreign{{std::string(text)}, {}};
  (void)verify_detached(test_release, test_release_signature, foreign).ok();
  return 0;
}
