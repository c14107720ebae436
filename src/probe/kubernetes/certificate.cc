#include "probe/kubernetes/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "base/text.h"

namespace plimsoll::probe::kubernetes {
namespace {

constexpr size_t kMaxPem = size_t{1} << 20;
constexpr int kMaxNames = 64;

std::vector<std::string> entries_of(const X509_NAME* name, int nid) {
  std::vector<std::string> out;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), nid, at)) >= 0;) {
    if (out.size() >= kMaxNames) break;
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size > 0) out.push_back(printable({reinterpret_cast<const char*>(text), static_cast<size_t>(size)}, 256));
    OPENSSL_free(text);
  }
  return out;
}

}  // namespace

Result<Certificate> read_certificate(std::string_view pem) {
  if (pem.size() > kMaxPem) return Error{ErrorKind::limit, "a certificate file larger than 1 MiB"};
  if (pem.find("-----BEGIN CERTIFICATE-----") == std::string_view::npos) {
    return Error{ErrorKind::not_found, "no certificate in it"};
  }
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                      BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      bio ? PEM_read_bio_X509(
                bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr)
          : nullptr,
      X509_free);
  ERR_clear_error();
  std::tm when{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &when) != 1) {
    return Error{ErrorKind::malformed, "not a valid certificate"};
  }
  Certificate out;
  const X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto names = entries_of(subject, NID_commonName);
  if (!names.empty()) out.common_name = names.back();
  out.organizations = entries_of(subject, NID_organizationName);
  out.not_after = Instant{std::chrono::seconds{timegm(&when)}};
  return out;
}

Result<std::string> decode_base64(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') clean += c;
  }
  if (clean.size() % 4 != 0 || clean.size() > kMaxPem) return Error{ErrorKind::malformed, "not base64"};
  std::string out(clean.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(clean.data()), static_cast<int>(clean.size()));
  if (size < 0) return Error{ErrorKind::malformed, "not base64"};
  const size_t padding = clean.ends_with("==") ? 2 : (clean.ends_with("=") ? 1 : 0);
  out.resize(static_cast<size_t>(size) - std::min(padding, static_cast<size_t>(size)));
  return out;
}

}  // namespace plimsoll::probe::kubernetes
