#include "repository/apk_index.h"

#include <archive.h>
#include <archive_entry.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <zlib.h>

#include <array>
#include <functional>
#include <memory>

#include "base/hex.h"
#include "base/text.h"
#include "repository/inflate.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_entries = 200'000, max_signature = 8192, max_members = 8;

// Where the gzip member that begins at `start` ends; npos when it is cut or broken.
size_t end_of_member(std::string_view file, size_t start) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return std::string_view::npos;
  std::array<unsigned char, 64 << 10> scratch;
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(file.data() + start));
  stream.avail_in = static_cast<unsigned>(std::min<size_t>(file.size() - start, 1U << 30));
  const unsigned available = stream.avail_in;
  int result = Z_OK;
  while (result == Z_OK && stream.total_out < max_index_bytes) {
    stream.next_out = scratch.data();
    stream.avail_out = scratch.size();
    result = inflate(&stream, Z_NO_FLUSH);
  }
  const size_t used = available - stream.avail_in;
  inflateEnd(&stream);
  return result == Z_STREAM_END ? start + used : std::string_view::npos;
}

// Files of a (compressed) tar archive, by `take`.
Status each_member(std::string_view packed, const std::function<void(std::string_view, int64_t, std::string)>& take) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), &archive_read_free);
  if (!reader) return Error{ErrorKind::bug, "no archive library"};
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_empty(reader.get());
  if (archive_read_open_memory(reader.get(), packed.data(), packed.size()) != ARCHIVE_OK)
    return Error{ErrorKind::malformed, "is no archive"};
  archive_entry* entry = nullptr;
  std::vector<char> piece(64 << 10);
  for (size_t members = 0; members < max_members; ++members) {
    const int next = archive_read_next_header(reader.get(), &entry);
    if (next == ARCHIVE_EOF) return Done{};
    if (next != ARCHIVE_OK && next != ARCHIVE_WARN) return Error{ErrorKind::malformed, "is no archive"};
    std::string bytes;
    for (la_ssize_t got = 1; got > 0;) {
      got = archive_read_data(reader.get(), piece.data(), piece.size());
      if (got < 0) return Error{ErrorKind::malformed, "is cut or broken"};
      if (bytes.size() + static_cast<size_t>(got) > max_index_bytes)
        return Error{ErrorKind::limit, "is larger than the bound once decompressed"};
      bytes.append(piece.data(), static_cast<size_t>(got));
    }
    const char* name = archive_entry_pathname(entry);
    take(name == nullptr ? "" : name, archive_entry_mtime(entry), std::move(bytes));
  }
  return Done{};
}

}  // namespace

std::vector<ApkEntry> parse_apk_entries(std::string_view text) {
  std::vector<ApkEntry> out;
  ApkEntry entry;
  const auto add = [&] {
    if (!entry.name.empty() && !entry.version.empty() && out.size() < max_entries) out.push_back(std::move(entry));
    entry = {};
  };
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) add();
    if (line.size() < 2 || line[1] != ':' || line.size() > 4096) continue;
    const std::string_view value = line.substr(2);
    if (line[0] == 'P') entry.name = value;
    if (line[0] == 'V') entry.version = value;
    if (line[0] == 'A') entry.arch = value;
    if (line[0] == 'o') entry.origin = value;
  }
  add();
  return out;
}

Result<ApkIndex> parse_apk_index(std::string_view file) {
  ApkIndex index;
  const size_t first = end_of_member(file, 0);
  if (first == std::string_view::npos) return Error{ErrorKind::malformed, "is no gzip file, or cut"};
  // The signature's archive has no end mark, so that both members together are one archive too.
  PLIMSOLL_CHECK(each_member(file.substr(0, first), [&](std::string_view name, int64_t, std::string bytes) {
    constexpr std::string_view mark = ".SIGN.";
    if (!name.starts_with(mark) || bytes.size() > max_signature || !index.signer.empty()) return;
    const size_t dot = name.find('.', mark.size());
    if (dot == std::string_view::npos) return;
    index.signed_with = name.substr(mark.size(), dot - mark.size());
    index.signer = name.substr(dot + 1);
    index.signature = std::move(bytes);
    index.signed_from = first;
  }));
  bool found = false;
  PLIMSOLL_CHECK(
      each_member(file.substr(index.signed_from), [&](std::string_view name, int64_t mtime, std::string bytes) {
        if (name != "APKINDEX") return;
        found = true;
        index.entries = parse_apk_entries(bytes);
        if (mtime > 0 && mtime < int64_t{1} << 40) index.date = Instant(std::chrono::seconds(mtime));
      }));
  if (!found) return Error{ErrorKind::malformed, "holds no APKINDEX"};
  return index;
}

Status verify_apk_index(const ApkIndex& index, std::string_view file, const Files& files) {
  if (index.signer.empty()) return Error{ErrorKind::denied, "it is not signed"};
  if (index.signer.find('/') != std::string::npos) return Error{ErrorKind::denied, "its key has no proper name"};
  const EVP_MD* digest = index.signed_with == "RSA"      ? EVP_sha1()
                         : index.signed_with == "RSA256" ? EVP_sha256()
                         : index.signed_with == "RSA512" ? EVP_sha512()
                                                         : nullptr;
  if (digest == nullptr) return Error{ErrorKind::unsupported, "its kind of signature is not known"};
  const std::string* pem = files.find("etc/apk/keys/" + index.signer);
  if (pem == nullptr) return Error{ErrorKind::denied, "there is no key to check its signature with"};
  const std::unique_ptr<BIO, int (*)(BIO*)> source(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())),
                                                   &BIO_free);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr),
                                                           &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> check(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!key || !check) return Error{ErrorKind::denied, "its key cannot be read"};
  const std::string_view content = file.substr(index.signed_from);
  const auto bytes_of = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  const bool good = EVP_DigestVerifyInit(check.get(), nullptr, digest, nullptr, key.get()) == 1 &&
                    EVP_DigestVerify(check.get(), bytes_of(index.signature), index.signature.size(), bytes_of(content),
                                     content.size()) == 1;
  if (!good) return Error{ErrorKind::denied, "its signature does not fit its content"};
  return Done{};
}

std::vector<std::string> parse_apk_repositories(std::string_view text) {
  std::vector<std::string> out;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.empty() || line.front() == '#' || line.front() == '@' || out.size() >= 200) continue;
    while (line.ends_with('/')) line.remove_suffix(1);
    // A line of slashes or of white space that trim() does not know leaves no word.
    if (const auto words = split_words(line); !words.empty()) out.emplace_back(words.front());
  }
  return out;
}

std::string apk_cache_name(std::string_view url) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> hash{};
  SHA1(reinterpret_cast<const unsigned char*>(url.data()), url.size(), hash.data());
  return "APKINDEX." + to_hex({reinterpret_cast<const char*>(hash.data()), 4}) + ".tar.gz";
}

}  // namespace plimsoll::repository
