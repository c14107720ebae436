#include "threatdb/signing.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"

namespace plimsoll::threatdb {
namespace {

constexpr size_t max_key_file = 65536;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
using Bio = std::unique_ptr<BIO, Free>;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

// Nobody is asked for a password: a key with one does not open.
int no_password(char*, int, int, void*) { return -1; }

Result<Key> read_key(const std::string& path, bool with_private_part) {
  PLIMSOLL_TRY(text, read_file(path, max_key_file));
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Key key(with_private_part ? PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr)
                            : PEM_read_bio_PUBKEY(bio.get(), nullptr, &no_password, nullptr));
  if (key && EVP_PKEY_get_id(key.get()) == EVP_PKEY_ED25519) return key;
  return Error{ErrorKind::malformed,
               std::string("holds no Ed25519 ") + (with_private_part ? "private key without a password" : "public key"),
               printable(path), "make a pair with `plimsoll db keygen FILE`"};
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

}  // namespace

struct SigningKey::State {
  Key key;
};

SigningKey::SigningKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::read_private(const std::string& path) {
  PLIMSOLL_TRY(key, read_key(path, true));
  return SigningKey(std::make_unique<State>(State{std::move(key)}));
}

Result<SigningKey> SigningKey::read_public(const std::string& path) {
  PLIMSOLL_TRY(key, read_key(path, false));
  return SigningKey(std::make_unique<State>(State{std::move(key)}));
}

Result<std::string> SigningKey::sign(std::string_view bytes) const {
  const Context context(EVP_MD_CTX_new());
  std::string out(64, '\0');
  size_t size = out.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, raw(bytes), bytes.size()) !=
          1 ||
      size != out.size()) {
    return Error{ErrorKind::bug, "the key does not sign"};
  }
  return out;
}

bool SigningKey::signed_by(std::string_view bytes, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1 &&
         EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(bytes), bytes.size()) == 1;
}

Status make_key_pair(const std::string& path) {
  std::error_code ignored;
  for (const std::string& file : {path, path + ".pub"}) {
    if (std::filesystem::exists(std::filesystem::symlink_status(file, ignored)))
      return Error{ErrorKind::conflict, "is there already; keys are not overwritten", printable(file)};
  }
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const Bio inner(BIO_new(BIO_s_mem())), outer(BIO_new(BIO_s_mem()));
  if (!key || PEM_write_bio_PrivateKey(inner.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_PUBKEY(outer.get(), key.get()) != 1) {
    return Error{ErrorKind::bug, "no key could be made"};
  }
  PLIMSOLL_CHECK(write_file_atomically(path, text_of(inner), 0600));
  return write_file_atomically(path + ".pub", text_of(outer), 0644);
}

}  // namespace plimsoll::threatdb
