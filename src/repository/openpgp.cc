#include "repository/openpgp.h"

#include <fcntl.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace plimsoll::repository {
namespace {

// The library's handles, each closed by its own function.
template <class T, auto Close>
class Handle {
 public:
  Handle() = default;
  ~Handle() {
    if (value_ != nullptr) Close(value_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  T get() const { return value_; }
  T* out() { return &value_; }

 private:
  T value_ = nullptr;
};
using Ffi = Handle<rnp_ffi_t, &rnp_ffi_destroy>;
using Input = Handle<rnp_input_t, &rnp_input_destroy>;
using Output = Handle<rnp_output_t, &rnp_output_destroy>;
using Verify = Handle<rnp_op_verify_t, &rnp_op_verify_destroy>;
using Key = Handle<rnp_key_handle_t, &rnp_key_handle_destroy>;

// The library writes what it dislikes about foreign keys and signatures to descriptor 2, whatever it is told (Debian
// builds it with its debug messages on). As long as this lives, the descriptor leads nowhere: of the whole process, so
// verification is kept to one thread, in which nothing else is said meanwhile.
class QuietErrors {
 public:
  QuietErrors() : saved_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) {
    const int nowhere = saved_ < 0 ? -1 : ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    ::dup2(nowhere, STDERR_FILENO);
    ::close(nowhere);
  }
  ~QuietErrors() {
    if (saved_ < 0) return;
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
  }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  int saved_;
};

constexpr size_t max_text = size_t{64} << 20;

bool open_input(Input& input, std::string_view bytes) {
  return rnp_input_from_memory(input.out(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), false) ==
         RNP_SUCCESS;
}

// Keys that the library refuses (unknown kinds, broken ones) are passed over: they verify nothing.
Status load_keys(Ffi& ffi, const Keyring& keyring) {
  if (rnp_ffi_create(ffi.out(), "GPG", "GPG") != RNP_SUCCESS) return Error{ErrorKind::bug, "no OpenPGP library"};
  for (const std::string& bytes : keyring.keys) {
    Input input;
    if (!open_input(input, bytes)) continue;
    rnp_import_keys(ffi.get(), input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE, nullptr);
  }
  size_t count = 0;
  rnp_get_public_key_count(ffi.get(), &count);
  if (count == 0) return Error{ErrorKind::denied, "there is no key to check its signature with"};
  return Done{};
}

std::string fingerprint_of(rnp_key_handle_t key, bool primary) {
  char* text = nullptr;
  const rnp_result_t result = primary ? rnp_key_get_primary_fprint(key, &text) : rnp_key_get_fprint(key, &text);
  if (result != RNP_SUCCESS || text == nullptr) return {};
  std::string out(text);
  rnp_buffer_destroy(text);
  return out;
}

bool is_allowed(rnp_key_handle_t key, const Keyring& keyring) {
  if (keyring.fingerprints.empty()) return true;
  const std::string own = fingerprint_of(key, false), primary = fingerprint_of(key, true);
  return std::ranges::any_of(keyring.fingerprints, [&](std::string wanted) {
    const bool exact = wanted.ends_with('!');  // this key only, no subkey of it
    if (exact) wanted.pop_back();
    std::ranges::transform(wanted, wanted.begin(),
                           [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
    return wanted == own || (!exact && wanted == primary);
  });
}

Status judge_signatures(rnp_op_verify_t verify, const Keyring& keyring) {
  size_t count = 0;
  rnp_op_verify_get_signature_count(verify, &count);
  bool good = false;
  std::string why = "no signature is by a key that is trusted for it";
  for (size_t i = 0; i < count; ++i) {
    rnp_op_verify_signature_t signature = nullptr;
    if (rnp_op_verify_get_signature_at(verify, i, &signature) != RNP_SUCCESS) continue;
    const rnp_result_t status = rnp_op_verify_signature_get_status(signature);
    if (status == RNP_ERROR_KEY_NOT_FOUND) continue;
    if (status == RNP_ERROR_SIGNATURE_INVALID)
      return Error{ErrorKind::denied, "its signature does not fit its content"};
    Key key;
    if (rnp_op_verify_signature_get_key(signature, key.out()) != RNP_SUCCESS) continue;
    if (!is_allowed(key.get(), keyring)) continue;
    if (status == RNP_SUCCESS) good = true;
    if (status == RNP_ERROR_SIGNATURE_EXPIRED) why = "its signature has expired";
  }
  if (good) return Done{};
  return Error{ErrorKind::denied, count == 0 ? "it has no signature that can be read" : why};
}

}  // namespace

Result<std::string> verify_clearsigned(std::string_view message, const Keyring& keyring) {
  const QuietErrors quiet;
  Ffi ffi;
  PLIMSOLL_CHECK(load_keys(ffi, keyring));
  Input input;
  Output output;
  Verify verify;
  if (!open_input(input, message) || rnp_output_to_memory(output.out(), max_text) != RNP_SUCCESS ||
      rnp_op_verify_create(verify.out(), ffi.get(), input.get(), output.get()) != RNP_SUCCESS) {
    return Error{ErrorKind::malformed, "its signature cannot be read"};
  }
  // Its own verdict is about any key; ours is below.
  const rnp_result_t executed = rnp_op_verify_execute(verify.get());
  PLIMSOLL_CHECK(judge_signatures(verify.get(), keyring));
  uint8_t* text = nullptr;
  size_t size = 0;
  if (executed != RNP_SUCCESS && executed != RNP_ERROR_SIGNATURE_INVALID && executed != RNP_ERROR_KEY_NOT_FOUND)
    return Error{ErrorKind::denied, "its signature cannot be checked"};
  if (rnp_output_memory_get_buf(output.get(), &text, &size, false) != RNP_SUCCESS)
    return Error{ErrorKind::malformed, "its signed text cannot be read"};
  return std::string(reinterpret_cast<const char*>(text), size);
}

Status verify_detached(std::string_view text, std::string_view signature, const Keyring& keyring) {
  const QuietErrors quiet;
  Ffi ffi;
  PLIMSOLL_CHECK(load_keys(ffi, keyring));
  Input input, signed_by;
  Verify verify;
  if (!open_input(input, text) || !open_input(signed_by, signature) ||
      rnp_op_verify_detached_create(verify.out(), ffi.get(), input.get(), signed_by.get()) != RNP_SUCCESS) {
    return Error{ErrorKind::malformed, "its signature cannot be read"};
  }
  rnp_op_verify_execute(verify.get());
  return judge_signatures(verify.get(), keyring);
}

}  // namespace plimsoll::repository
