#include "server/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

#include "base/file.h"
#include "base/hex.h"
#include "base/text.h"

namespace plimsoll::server {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr long days_valid = 3650, month = 30L * 24 * 3600;

Error failed(const char* what) { return Error{ErrorKind::bug, std::string("cannot make a certificate: ") + what}; }

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<size_t>(length)};
}

bool is_address(const std::string& name) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool give_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(
      BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

Certificate read_certificate(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

bool ends_soon(const std::string& pem) {
  const Certificate certificate = read_certificate(pem);
  time_t soon = ::time(nullptr) + month;
  return !certificate || X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) < 0;
}

}  // namespace

Result<Tls> make_certificate(const std::vector<std::string>& names) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (!key || !certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !give_serial(certificate.get()))
    return failed("no key");
  // A clock that is a little behind must not refuse it.
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_time_adj_ex(X509_getm_notAfter(certificate.get()), days_valid, 0, nullptr);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  constexpr std::string_view common = "Plimsoll";
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common.data()),
                             static_cast<int>(common.size()), -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  std::vector<std::string> alternatives;
  for (const std::string& name : names) alternatives.push_back((is_address(name) ? "IP:" : "DNS:") + name);
  if (!add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature") ||
      !add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") ||
      !add_extension(certificate.get(), NID_subject_alt_name, join(alternatives, ",")))
    return failed("a name in it is not one");
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) return failed("it cannot be signed");
  const Bio first(BIO_new(BIO_s_mem())), second(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(first.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(second.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return failed("it cannot be written");
  return Tls{text_of(first.get()), text_of(second.get())};
}

Result<Tls> own_certificate(const std::string& directory, const std::vector<std::string>& names) {
  constexpr size_t most = 64u << 10;
  const std::string certificate_file = directory + "/server.crt", key_file = directory + "/server.key";
  const Result<std::string> certificate = read_file(certificate_file, most), key = read_file(key_file, most);
  if (certificate.ok() && key.ok() && !ends_soon(*certificate)) return Tls{*certificate, *key};
  for (const Result<std::string>* file : {&certificate, &key}) {
    if (!file->ok() && file->error().kind != ErrorKind::not_found) return file->error();
  }
  PLIMSOLL_TRY(made, make_certificate(names));
  PLIMSOLL_CHECK(write_file_atomically(key_file, made.key_pem, 0600));
  PLIMSOLL_CHECK(write_file_atomically(certificate_file, made.certificate_pem, 0600));
  return made;
}

std::string fingerprint_of(const Tls& tls) {
  const Certificate certificate = read_certificate(tls.certificate_pem);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest.data(), &length) != 1) return {};
  std::string out;
  for (unsigned i = 0; i < length; ++i) {
    if (i > 0) out += ':';
    out += to_hex({reinterpret_cast<const char*>(&digest[i]), 1});
  }
  for (char& c : out) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

}  // namespace plimsoll::server
