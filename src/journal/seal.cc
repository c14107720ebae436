#include "journal/seal.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <array>

#include "base/file.h"
#include "journal/little_endian.h"

namespace plimsoll::journal {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* it) const {
    free(it);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;

constexpr size_t signature_bytes = 64;
constexpr std::array<const char*, 3> kind_names{"head", "checkpoint", "start"};

std::string message_of(const Seal& seal, const std::string& store) {
  std::string out = "plimsoll.seal/1\n";
  for (const std::string& text : {std::string(kind_names.at(static_cast<size_t>(seal.kind))), store}) {
    append_le(out, text.size(), 4);
    out += text;
  }
  append_le(out, seal.sequence, 8);
  append_le(out, static_cast<uint64_t>(seal.at.time_since_epoch().count()), 8);
  return out + seal.hash;
}

const unsigned char* raw(const std::string& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

Status make_key(const std::string& path) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const Memory memory(BIO_new(BIO_s_mem()));
  if (!key || !memory || PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return Error{ErrorKind::bug, "cannot make a signing key", path};
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return write_file_atomically(path, {data, static_cast<size_t>(size)}, 0600);
}

}  // namespace

struct SealKey::State {
  Key key;
};

SealKey::SealKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SealKey::SealKey(SealKey&&) noexcept = default;
SealKey& SealKey::operator=(SealKey&&) noexcept = default;
SealKey::~SealKey() = default;

Result<SealKey> SealKey::open(const std::string& path, bool make) {
  struct stat there{};
  if (::stat(path.c_str(), &there) != 0 && errno == ENOENT && make) PLIMSOLL_CHECK(make_key(path));
  PLIMSOLL_TRY(pem, read_file(path, 1 << 16));
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!key || EVP_PKEY_is_a(key.get(), "ED25519") != 1)
    return Error{ErrorKind::malformed, "holds no Ed25519 key", path};
  return SealKey(std::make_unique<State>(State{std::move(key)}));
}

void SealKey::sign(Seal& seal, const std::string& store) const {
  const std::string message = message_of(seal, store);
  const Context context(EVP_MD_CTX_new());
  std::string signature(signature_bytes, '\0');
  size_t length = signature.size();
  const bool done = context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                                   raw(message), message.size()) == 1;
  seal.signature = done ? signature : std::string();
}

bool SealKey::holds(const Seal& seal, const std::string& store) const {
  if (seal.signature.size() != signature_bytes) return false;
  const std::string message = message_of(seal, store);
  const Context context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1 &&
         EVP_DigestVerify(context.get(), raw(seal.signature), seal.signature.size(), raw(message), message.size()) == 1;
}

}  // namespace plimsoll::journal
