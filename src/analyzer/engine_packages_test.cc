#include "analyzer/engine_packages.h"

#include <gtest/gtest.h>

namespace plimsoll::analyzer {
namespace {

AssetReport host_with(std::map<std::string, std::string> versions) {
  AssetReport host;
  host.asset.kind = AssetKind::host;
  host.host.emplace();
  RuntimeFacts docker;
  docker.name = "docker";
  docker.version = versions["docker"];
  docker.socket = "/run/docker.sock";
  docker.component_versions = std::move(versions);
  host.host->runtimes.push_back(docker);
  Package bash;
  bash.type = PackageType::deb;
  bash.ecosystem = "Debian:12";
  bash.name = bash.source_name = "bash";
  host.packages.push_back(bash);
  return host;
}

Package distribution_package(const std::string& source) {
  Package out;
  out.type = PackageType::deb;
  out.ecosystem = "Debian:12";
  out.name = out.source_name = source;
  return out;
}

std::vector<std::string> purls(const AssetReport& host) {
  std::vector<std::string> out;
  for (const Package& package : engine_packages(host)) out.push_back(package.purl);
  return out;
}

using Texts = std::vector<std::string>;

TEST(EnginePackages, AProjectsOwnBuildIsAPackageOfItsModule) {
  const AssetReport host = host_with({{"docker", "24.0.5"}, {"containerd", "v1.7.25"}, {"runc", "1.1.12"}});
  EXPECT_EQ(purls(host),
            (Texts{"pkg:golang/github.com/docker/docker@v24.0.5", "pkg:golang/github.com/containerd/containerd@v1.7.25",
                   "pkg:golang/github.com/opencontainers/runc@v1.1.12"}));
  for (const Package& package : engine_packages(host)) {
    EXPECT_EQ(package.ecosystem, "Go");
    EXPECT_EQ(runtime_of_package(package), package.source_name);
  }
}

TEST(EnginePackages, TheMajorVersionIsPartOfSomeModulesPaths) {
  EXPECT_EQ(purls(host_with({{"containerd", "v2.0.4"}})),
            Texts{"pkg:golang/github.com/containerd/containerd/v2@v2.0.4"});
}

TEST(EnginePackages, OldNumbersAreWrittenAsGoDoes) {
  EXPECT_EQ(purls(host_with({{"docker", "18.09.1-ce"}})), Texts{"pkg:golang/github.com/docker/docker@v18.9.1"});
  EXPECT_EQ(purls(host_with({{"runc", "1.0.0-rc93"}})), Texts{"pkg:golang/github.com/opencontainers/runc@v1.0.0-rc93"});
}

TEST(EnginePackages, WhatADistributionAnswersForIsLeftToIt) {
  AssetReport host = host_with({{"docker", "24.0.7"}, {"runc", "1.1.12"}});
  host.packages.push_back(distribution_package("docker.io"));
  EXPECT_EQ(purls(host), Texts{"pkg:golang/github.com/opencontainers/runc@v1.1.12"});
}

TEST(EnginePackages, BuildsOfOthersAndUnreadHostsGiveNone) {
  EXPECT_EQ(purls(host_with({{"docker", "20.10.24+dfsg1"}, {"containerd", "1.6.20~ds1"}, {"runc", "1.1"}})), Texts{});
  EXPECT_EQ(purls(host_with({{"docker", "25.0.3-1.amzn2023"}, {"runc", "..."}, {"containerd", ""}})), Texts{});
  AssetReport unread = host_with({{"docker", "24.0.5"}});
  unread.packages.clear();
  EXPECT_EQ(purls(unread), Texts{});
}

TEST(EnginePackages, ALibraryOfTheSameNameIsNoRuntime) {
  Package library;
  library.type = PackageType::golang;
  library.ecosystem = "Go";
  library.name = library.source_name = "github.com/docker/docker";
  EXPECT_EQ(runtime_of_package(library), "");
  EXPECT_EQ(runtime_of_package(distribution_package("docker.io")), "docker");
  EXPECT_EQ(runtime_of_package(distribution_package("bash")), "");
}

TEST(GpuToolkit, IsToldToTheRuntimesByItsPackage) {
  AssetReport host = host_with({{"docker", "28.0.1"}});
  tell_gpu_toolkit(host);
  EXPECT_EQ(host.host->runtimes[0].component_versions.count("nvidia-container-toolkit"), 0U);
  host.packages.push_back(distribution_package("nvidia-container-toolkit"));
  host.packages.back().version = "1.17.4-1";
  tell_gpu_toolkit(host);
  EXPECT_EQ(host.host->runtimes[0].component_versions.at("nvidia-container-toolkit"), "1.17.4-1");
}

Threat flaw(const std::string& id, const std::string& version, const std::string& fixed) {
  Threat out;
  out.id = {id};
  out.kind = ThreatKind::vulnerability;
  out.package = engine_packages(host_with({{"docker", version}})).at(0);
  out.fixed_version = fixed;
  return out;
}

TEST(OpenEnds, OfAnEngineSince29AreNotAssessed) {
  AssetReport host = host_with({{"docker", "29.4.0"}});
  host.threats = {flaw("CVE-1", "29.4.0", ""), flaw("CVE-2", "29.4.0", "29.5.0")};
  set_open_ends_aside(host);
  ASSERT_EQ(host.threats.size(), 1U);
  EXPECT_EQ(host.threats[0].id.value, "CVE-2");
  ASSERT_EQ(host.assessment.not_assessed.size(), 1U);
  EXPECT_EQ(host.assessment.not_assessed[0].what, "CVE-1 in docker 29.4.0");
}

TEST(OpenEnds, OfAnOlderEngineStay) {
  AssetReport host = host_with({{"docker", "28.5.2"}});
  host.threats = {flaw("CVE-1", "28.5.2", "")};
  set_open_ends_aside(host);
  EXPECT_EQ(host.threats.size(), 1U);
  EXPECT_TRUE(host.assessment.not_assessed.empty());
}

}  // namespace
}  // namespace plimsoll::analyzer
