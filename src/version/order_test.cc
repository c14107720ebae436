// Every scheme is a total preorder over the versions it takes: generated ones, and shapes seen in real advisories.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "version/compare.h"

namespace plimsoll::version {
namespace {

constexpr int schemes = 10;

// Pieces whose concatenations reach every branch of every grammar.
const std::vector<std::string> pieces{
    "0",    "1",  "2",     "9",        "10",     "01",     "00",    "007",  "20190101", "99999999999999999999",
    ".",    ".",  ".",     ".",        "-",      "-",      "_",     "+",    "~",        "^",
    ":",    "!",  "*",     "v",        "go",     "a",      "b",     "c",    "m",        "p",
    "r",    "x",  "rc",    "RC",       "cr",     "pre",    "dev",   "post", "alpha",    "beta",
    "sp",   "ga", "final", "git",      "_p",     "_alpha", "_git",  "_rc",  "-r1",      "-r0",
    "-dev", "-1", "-0",    "SNAPSHOT", "xyz",    "foo",    "Final", "el9",  "deb12u1",  "incompatible",
    "@dev", "1:", "0:",    "1!",       ".post1", ".dev2"};

const std::vector<std::string> real{"1.2.3",
                                    "1.0.2k-26.el7_9",
                                    "3.0.11-1~deb12u2",
                                    "1:2.06-13+deb12u1",
                                    "2.36-9+deb12u4",
                                    "0:1.1.1k-12.el8_9",
                                    "8.2.0015-r0",
                                    "3.1.4_p20231010-r3",
                                    "1.35.0_git20220101-r1",
                                    "v0.0.0-20220314234659-1baeb1ce4c0b",
                                    "0.0.0-20190308221718-c2843e01d9a2",
                                    "2.0.0+incompatible",
                                    "1.21.0-rc.2",
                                    "4.1.100.Final",
                                    "2.0.0.M5",
                                    "1.0.0.RELEASE",
                                    "2.9.10.8",
                                    "5.2.4.1",
                                    "7.0.0.rc1",
                                    "1.2.3.pre.4",
                                    "2.0.0-BETA.1",
                                    "6.0.0-preview.5.21301.9",
                                    "2.3.0rc1",
                                    "1.0.0a1.post2",
                                    "2023.7.22",
                                    "2.x-dev",
                                    "1.0.0-beta.4",
                                    "1.1.1w-r1",
                                    "9.3p2",
                                    "1.0.1.post1",
                                    "1!2.0",
                                    "0",
                                    "1.0-alpha-1",
                                    "31.1-jre"};

class Versions {
 public:
  explicit Versions(unsigned seed) : random_(seed) {}
  std::string next() {
    if (pick(4) == 0) return real[pick(real.size())];
    std::string out = std::to_string(pick(3));
    for (size_t left = pick(7); left > 0; --left) out += pieces[pick(pieces.size())];
    return out;
  }

 private:
  size_t pick(size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random_); }
  std::mt19937 random_;
};

class TotalOrder : public testing::TestWithParam<int> {
 protected:
  Scheme scheme() const { return static_cast<Scheme>(GetParam()); }

  std::vector<std::string> valid_versions(size_t count) const {
    Versions source(20250 + static_cast<unsigned>(GetParam()));
    std::vector<std::string> out;
    for (int tries = 0; out.size() < count && tries < 1'000'000; ++tries) {
      std::string version = source.next();
      if (is_valid(scheme(), version)) out.push_back(std::move(version));
    }
    return out;
  }
};

TEST_P(TotalOrder, IsReflexiveAntisymmetricAndTransitive) {
  const auto versions = valid_versions(160);
  const size_t n = versions.size();
  ASSERT_EQ(n, 160u);
  std::vector<std::weak_ordering> order(n * n, std::weak_ordering::equivalent);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      const auto result = compare(scheme(), versions[i], versions[j]);
      ASSERT_TRUE(result.has_value()) << versions[i] << " " << versions[j];
      order[i * n + j] = *result;
    }
  }
  for (size_t i = 0; i < n; ++i) {
    ASSERT_TRUE(order[i * n + i] == 0) << versions[i];
    for (size_t j = 0; j < n; ++j) {
      ASSERT_TRUE(order[i * n + j] == (0 <=> order[j * n + i])) << versions[i] << " " << versions[j];
      if (order[i * n + j] > 0) continue;
      for (size_t k = 0; k < n; ++k) {
        if (order[j * n + k] > 0) continue;
        const bool strict = order[i * n + j] < 0 || order[j * n + k] < 0;
        ASSERT_TRUE(strict ? order[i * n + k] < 0 : order[i * n + k] == 0)
            << versions[i] << " <= " << versions[j] << " <= " << versions[k];
      }
    }
  }
}

TEST_P(TotalOrder, HasAnOrderExactlyWhereBothAreValid) {
  Versions source(7);
  for (int i = 0; i < 20000; ++i) {
    const std::string a = source.next(), b = source.next();
    EXPECT_EQ(compare(scheme(), a, b).has_value(), is_valid(scheme(), a) && is_valid(scheme(), b)) << a << " " << b;
  }
}

TEST_P(TotalOrder, TakesLongInputAndAnyByte) {
  for (const std::string& unit :
       {std::string("1"), std::string("1."), std::string("-"), std::string("a"), std::string("1-"), std::string("~"),
        std::string("^"), std::string("x1"), std::string("_p"), std::string(1, '\0')}) {
    std::string longest = "1";
    while (longest.size() < 100'000) longest += unit;
    const auto once = compare(scheme(), longest, longest);
    EXPECT_TRUE(!once || *once == 0);
    const auto ab = compare(scheme(), longest, longest + "1"), ba = compare(scheme(), longest + "1", longest);
    ASSERT_EQ(ab.has_value(), ba.has_value());
    EXPECT_TRUE(!ab || *ab == (0 <=> *ba));
  }
  for (int byte = 0; byte < 256; ++byte) {
    const std::string version = std::string("1") + static_cast<char>(byte) + "1";
    const auto self = compare(scheme(), version, version);
    EXPECT_EQ(self.has_value(), is_valid(scheme(), version));
    EXPECT_FALSE(byte >= 0x80 && self.has_value()) << byte;
  }
}

INSTANTIATE_TEST_SUITE_P(Schemes, TotalOrder, testing::Range(0, schemes),
                         [](const auto& row) { return "scheme" + std::to_string(row.param); });

}  // namespace
}  // namespace plimsoll::version
