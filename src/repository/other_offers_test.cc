#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstring>
#include <memory>

#include "base/deflate_for_tests.h"
#include "base/sha256.h"
#include "repository/apk_index.h"
#include "repository/inflate.h"
#include "repository/take_offers.h"
#include "repository/updateinfo.h"

namespace plimsoll::repository {
namespace {

std::string gzip(const std::string& text) { return deflated(text, gzip_window); }

// One file of a tar archive (ustar), without the blocks that end an archive.
std::string tar_member(const std::string& name, const std::string& bytes) {
  char header[512] = {};
  std::snprintf(header, 100, "%s", name.c_str());
  std::snprintf(header + 100, 8, "0000644");
  std::snprintf(header + 124, 12, "%011zo", bytes.size());
  std::snprintf(header + 136, 12, "%011o", 1700000000);
  std::memcpy(header + 148, "        ", 8);
  header[156] = '0';
  std::memcpy(header + 257, "ustar\00000", 8);
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(header + 148, 8, "%06o", sum);
  return std::string(header, 512) + bytes + std::string((512 - bytes.size() % 512) % 512, '\0');
}

struct SignedIndex {
  std::string file, public_key;
};

// What `apk index` and `abuild-sign` make: the signature's member, then the index.
SignedIndex signed_index(const std::string& entries) {
  const std::string content =
      gzip(tar_member("DESCRIPTION", "v3.18") + tar_member("APKINDEX", entries) + std::string(1024, '\0'));
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_RSA_gen(2048), &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> sign(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestSignInit(sign.get(), nullptr, EVP_sha1(), nullptr, key.get());
  size_t size = 256;
  std::string signature(size, '\0');
  EVP_DigestSign(sign.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                 reinterpret_cast<const unsigned char*>(content.data()), content.size());
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PUBKEY(out.get(), key.get());
  char* pem = nullptr;
  const long length = BIO_get_mem_data(out.get(), &pem);
  return {gzip(tar_member(".SIGN.RSA.test.rsa.pub", signature)) + content,
          std::string(pem, static_cast<size_t>(length))};
}

const OsRelease alpine{"alpine", "3.18.4", "", "Alpine Linux v3.18", {}};

Package package(PackageType type, const std::string& name, const std::string& version, const std::string& arch) {
  Package out;
  out.type = type;
  out.name = out.source_name = name;
  out.version = out.source_version = version;
  out.arch = arch;
  return out;
}

Offered apk_offers(std::map<std::string, std::string> files) {
  Sources sources({}, {}, {});
  return take_offers(Files(std::move(files)), alpine,
                     {package(PackageType::apk, "curl", "8.1.2-r0", "x86_64"),
                      package(PackageType::apk, "zlib", "1.2.13-r1", "x86_64")},
                     sources);
}

constexpr const char* repository = "http://dl-cdn.alpinelinux.org/alpine/v3.11/main";
const std::string entries =
    "P:curl\nV:8.5.0-r0\nA:x86_64\no:curl\n\nP:curl\nV:8.4.0-r0\nA:x86_64\no:curl\n\nP:zlib\nV:1.2.13-r1\nA:x86_64\n\n";

// The name that apk 2.14 gives the cached index of this repository.
TEST(ApkOffers, CacheName) { EXPECT_EQ(apk_cache_name(repository), "APKINDEX.70f61090.tar.gz"); }

TEST(ApkOffers, RepositoriesWithoutCommentsTagsAndSlashes) {
  EXPECT_EQ(parse_apk_repositories("# mirror\n\n/\n ///\n@edge http://x/edge\n\thttp://x/main/ \n"),
            (std::vector<std::string>{"http://x/main"}));
}

TEST(ApkOffers, NewerVersionsOfASignedIndex) {
  const SignedIndex index = signed_index(entries);
  std::map<std::string, std::string> files{
      {"etc/apk/repositories", std::string("# c\n") + repository + "\n@edge https://e/\n"},
      {"etc/apk/keys/test.rsa.pub", index.public_key},
      {"etc/apk/world", "curl~8.1\nzlib>1\n"},
      {"var/cache/apk/" + apk_cache_name(repository), index.file}};
  Offered got = apk_offers(files);
  ASSERT_EQ(got.lists.size(), 1u);
  EXPECT_TRUE(got.lists[0].verified) << got.lists[0].unverified;
  EXPECT_EQ(got.lists[0].date->time_since_epoch().count(), 1700000000);
  ASSERT_EQ(got.versions.size(), 1u);
  EXPECT_EQ(got.versions[0].version, "8.5.0-r0");
  EXPECT_EQ(got.held, std::vector<std::string>{"curl"});

  files["etc/apk/keys/test.rsa.pub"] = signed_index("").public_key;
  EXPECT_NE(apk_offers(files).lists.at(0).unverified.find("does not fit"), std::string::npos);
  files.erase("etc/apk/keys/test.rsa.pub");
  EXPECT_NE(apk_offers(files).lists.at(0).unverified.find("no key"), std::string::npos);
  std::string& cut = files["var/cache/apk/" + apk_cache_name(repository)];
  cut.resize(cut.size() - 40);
  got = apk_offers(files);
  EXPECT_TRUE(got.lists.empty());
  EXPECT_EQ(got.not_assessed.size(), 2u);
}

TEST(ApkOffers, AnUnsignedIndexIsSaidToBe) {
  const std::string plain = gzip(tar_member("APKINDEX", entries) + std::string(1024, '\0'));
  const Offered got =
      apk_offers({{"etc/apk/repositories", repository}, {"var/cache/apk/" + apk_cache_name(repository), plain}});
  ASSERT_EQ(got.versions.size(), 1u);
  EXPECT_NE(got.lists.at(0).unverified.find("not signed"), std::string::npos);
}

const std::string updateinfo = R"(<?xml version="1.0"?><updates>
<update type="security"><id>RLSA-2024:1</id><severity>Important</severity><references>
<reference type="cve" id="CVE-2024-0001" href="x"/><reference type="bugzilla" id="1"/></references>
<pkglist><collection short="a"><package name="bash" epoch="0" version="5.1.8" release="9.el9" arch="x86_64" src="bash-5.1.8-9.el9.src.rpm"><filename>b</filename></package>
</collection></pkglist></update>
<update type="security"><id>RLSA-2024:2</id><severity>Low</severity><references><reference type="cve" id="CVE-2024-0002"/></references>
<pkglist><collection><package name="bash" epoch="1" version="1" release="1.el9" arch="x86_64" src="bash-1-1.el9.src.rpm"/></collection>
<collection><module name="nodejs" stream="18"/><package name="nodejs" version="18.20" release="1" arch="x86_64" src="nodejs-18.20-1.src.rpm"/></collection></pkglist></update>
<update type="bugfix"><id>RLBA-2024:3</id><pkglist><collection><package name="bash" epoch="9" version="9" release="9" arch="x86_64"/></collection></pkglist></update>
</updates>)";

Offered rpm_offers(const std::map<std::string, std::string>& files, const std::vector<Package>& packages) {
  Sources sources({}, {}, {});
  return take_offers(Files(files), std::nullopt, packages, sources);
}

TEST(RpmOffers, SecurityAdvisoriesOfInstalledPackages) {
  const std::string folder = "var/cache/dnf/baseos-1234/repodata/";
  const std::string packed = gzip(updateinfo);
  const std::string repomd =
      "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\"><revision>1700000000</revision>"
      "<data type=\"updateinfo\"><checksum type=\"sha256\">" +
      sha256_hex(packed) + "</checksum><location href=\"repodata/x\"/></data></repomd>";
  Package node = package(PackageType::rpm, "nodejs", "18.10-1", "x86_64");
  std::vector<Package> installed{package(PackageType::rpm, "bash", "5.1.8-6.el9", "x86_64"), node,
                                 package(PackageType::rpm, "bash", "5.1.8-4.el9", "x86_64")};
  std::map<std::string, std::string> files{{folder + "1-updateinfo.xml.gz", packed}, {folder + "repomd.xml", repomd}};
  Offered got = rpm_offers(files, installed);
  ASSERT_EQ(got.lists.size(), 1u);
  EXPECT_EQ(got.lists[0].uri, "baseos-1234");
  EXPECT_EQ(got.lists[0].unverified, "the repository does not sign its index repomd.xml");
  ASSERT_EQ(got.versions.size(), 1u);  // nodejs is of no module here
  EXPECT_EQ(got.versions[0].installed, "5.1.8-6.el9");
  EXPECT_EQ(got.versions[0].version, "1:1-1.el9");
  EXPECT_EQ(got.versions[0].severity, "Important");
  EXPECT_EQ(got.versions[0].advisories, (std::vector<std::string>{"RLSA-2024:1", "RLSA-2024:2"}));
  EXPECT_EQ(got.versions[0].cves, (std::vector<std::string>{"CVE-2024-0001", "CVE-2024-0002"}));

  installed[1].module = "nodejs:18:9020:c1";
  EXPECT_EQ(rpm_offers(files, installed).versions.size(), 2u);
  files[folder + "1-updateinfo.xml.gz"] = updateinfo;  // not packed as announced
  EXPECT_NE(rpm_offers(files, installed).lists.at(0).unverified.find("announces"), std::string::npos);
  EXPECT_EQ(rpm_offers({}, installed).not_assessed.at(0).what, "pending security updates");
}

TEST(Updateinfo, EntitiesOfAStrangerAreNotExpanded) {
  EXPECT_FALSE(parse_updateinfo("<!DOCTYPE x [<!ENTITY a \"aaaa\">]><updates>&a;</updates>").ok());
  EXPECT_FALSE(parse_updateinfo("<updates><update>").ok());
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_FALSE(parse_updateinfo(deep).ok());
}

TEST(Inflate, BoundsAndDamage) {
  const std::string text(100'000, 'x');
  EXPECT_EQ(inflate(gzip(text), 1 << 20).value_or(""), text);
  EXPECT_EQ(inflate(gzip(text), 1000).error().kind, ErrorKind::limit);
  EXPECT_EQ(inflate(text, 1000).error().kind, ErrorKind::limit);
  EXPECT_FALSE(inflate(gzip(text).substr(0, 60), 1 << 20).ok());
  EXPECT_EQ(inflate("", 10).value_or("?"), "");
}

}  // namespace
}  // namespace plimsoll::repository
