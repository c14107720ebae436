#include "repository/openpgp.h"

#include <fcntl.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "repository/keyring_split.h"

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
constexpr const char* does_not_fit = "its signature does not fit its content";

bool open_input(Input& input, std::string_view bytes) {
  return rnp_input_from_memory(input.out(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), false) ==
         RNP_SUCCESS;
}

// What a key file holds, in binary form; as it is where it is not one armored block.
std::string without_armor(std::string_view bytes) {
  constexpr std::string_view armor = "-----BEGIN PGP ";
  const size_t begin = bytes.find(armor);
  const bool one = begin != std::string_view::npos && bytes.find(armor, begin + 1) == std::string_view::npos;
  Input input;
  Output output;
  uint8_t* binary = nullptr;
  size_t size = 0;
  if ((bytes.empty() || static_cast<unsigned char>(bytes.front()) < 0x80) && one && open_input(input, bytes) &&
      rnp_output_to_memory(output.out(), max_text) == RNP_SUCCESS &&
      rnp_dearmor(input.get(), output.get()) == RNP_SUCCESS &&
      rnp_output_memory_get_buf(output.get(), &binary, &size, false) == RNP_SUCCESS) {
    return std::string(reinterpret_cast<const char*>(binary), size);
  }
  return std::string(bytes);
}

std::vector<Certificate> certificates_of(const Keyring& keyring) {
  std::vector<Certificate> out;
  for (const std::string& bytes : keyring.keys) {
    for (Certificate& certificate : split_keyring(without_armor(bytes))) out.push_back(std::move(certificate));
  }
  return out;
}

// Keys that the library refuses (unknown kinds, broken ones) are passed over: they verify nothing.
void load(Ffi& ffi, const Certificate& certificate) {
  Input input;
  if (!open_input(input, certificate.bytes)) return;
  rnp_import_keys(ffi.get(), input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE, nullptr);
}

size_t count_keys(const Ffi& ffi) {
  size_t count = 0;
  rnp_get_public_key_count(ffi.get(), &count);
  return count;
}

using Asked = std::vector<std::string>;  // key ids and fingerprints

// The library says whom it misses.
void note_asked(rnp_ffi_t, void* asked, const char*, const char* id, bool secret) {
  if (!secret && id != nullptr) static_cast<Asked*>(asked)->emplace_back(id);
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
    if (status == RNP_ERROR_SIGNATURE_INVALID) return Error{ErrorKind::denied, does_not_fit};
    Key key;
    if (rnp_op_verify_signature_get_key(signature, key.out()) != RNP_SUCCESS) continue;
    if (!is_allowed(key.get(), keyring)) continue;
    if (status == RNP_SUCCESS) good = true;
    if (status == RNP_ERROR_SIGNATURE_EXPIRED) why = "its signature has expired";
  }
  if (good) return Done{};
  return Error{ErrorKind::denied, count == 0 ? "it has no signature that can be read" : why};
}

// One go at a message or, with `signature`, at a text and its signature; `text` becomes what was signed.
struct Message {
  std::string_view bytes;
  const std::string_view* signature = nullptr;
};

Status attempt(const Ffi& ffi, const Message& message, const Keyring& keyring, std::string* text) {
  Input input, signed_by;
  Output output;
  Verify verify;
  bool begun = open_input(input, message.bytes);
  if (message.signature != nullptr) {
    begun = begun && open_input(signed_by, *message.signature) &&
            rnp_op_verify_detached_create(verify.out(), ffi.get(), input.get(), signed_by.get()) == RNP_SUCCESS;
  } else {
    begun = begun && rnp_output_to_memory(output.out(), max_text) == RNP_SUCCESS &&
            rnp_op_verify_create(verify.out(), ffi.get(), input.get(), output.get()) == RNP_SUCCESS;
  }
  if (!begun) return Error{ErrorKind::malformed, "its signature cannot be read"};
  // Its own verdict is about any key; ours is below.
  const rnp_result_t executed = rnp_op_verify_execute(verify.get());
  PLIMSOLL_CHECK(judge_signatures(verify.get(), keyring));
  if (text == nullptr) return Done{};
  uint8_t* bytes = nullptr;
  size_t size = 0;
  if (executed != RNP_SUCCESS && executed != RNP_ERROR_SIGNATURE_INVALID && executed != RNP_ERROR_KEY_NOT_FOUND)
    return Error{ErrorKind::denied, "its signature cannot be checked"};
  if (rnp_output_memory_get_buf(output.get(), &bytes, &size, false) != RNP_SUCCESS)
    return Error{ErrorKind::malformed, "its signed text cannot be read"};
  text->assign(reinterpret_cast<const char*>(bytes), size);
  return Done{};
}

// One good signature is enough. The keys it asks for are taken in one by one, the smallest first, until there is one:
// taking in a large key is most of the cost of all this.
Status verify_message(const Message& message, const Keyring& keyring, std::string* text) {
  const QuietErrors quiet;
  Ffi ffi;
  if (rnp_ffi_create(ffi.out(), "GPG", "GPG") != RNP_SUCCESS)
    return Error{ErrorKind::unsupported, "the library that checks signatures cannot be loaded (librnp.so.0)"};
  Asked asked;
  rnp_ffi_set_key_provider(ffi.get(), note_asked, &asked);
  Status verdict = attempt(ffi, message, keyring, text);
  rnp_ffi_set_key_provider(ffi.get(), nullptr, nullptr);

  std::vector<Certificate> certificates = certificates_of(keyring);
  std::ranges::sort(certificates, {}, [](const Certificate& one) { return one.bytes.size(); });
  bool any_key = false;
  for (const Certificate& certificate : certificates) {
    any_key = any_key || certificate.understood;
    if (std::ranges::none_of(asked, [&](const std::string& id) { return certificate.may_hold(id); })) continue;
    load(ffi, certificate);
    verdict = attempt(ffi, message, keyring, text);
    // One that does not fit its content stays so, whatever else is known.
    if (verdict.ok() || verdict.error().message == does_not_fit) return verdict;
  }
  if (!any_key && count_keys(ffi) == 0) return Error{ErrorKind::denied, "there is no key to check its signature with"};
  return verdict;
}

}  // namespace

Result<std::string> verify_clearsigned(std::string_view message, const Keyring& keyring) {
  std::string text;
  PLIMSOLL_CHECK(verify_message({message}, keyring, &text));
  return text;
}

Status verify_detached(std::string_view text, std::string_view signature, const Keyring& keyring) {
  return verify_message({text, &signature}, keyring, nullptr);
}

}  // namespace plimsoll::repository
