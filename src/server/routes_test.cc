#include "server/routes.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <set>

#include "base/text.h"

namespace plimsoll::server {
namespace {

std::string role_of(Access access) {
  switch (access) {
    case Access::open:
      return "open";
    case Access::viewer:
      return "viewer";
    case Access::operator_:
      return "operator";
    case Access::admin:
      break;
  }
  return "admin";
}

// "GET /api/v1/assets viewer"
std::set<std::string> described() {
  std::set<std::string> out;
  const YAML::Node file = YAML::LoadFile(PLIMSOLL_SOURCE_DIR "/docs/openapi.yaml");
  for (const auto& path : file["paths"]) {
    for (const auto& method : path.second) {
      std::string name = method.first.as<std::string>();
      if (name == "parameters") continue;
      for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
      out.insert(name + " " + path.first.as<std::string>() + " " + method.second["x-plimsoll-role"].as<std::string>());
    }
  }
  return out;
}

TEST(Routes, AreThoseOfTheDescription) {
  std::set<std::string> there;
  for (const Route& route : routes())
    there.insert(std::string(route.method) + " " + std::string(route.path) + " " + role_of(route.access));
  EXPECT_EQ(there, described());
  EXPECT_EQ(there.size(), routes().size()) << "one stands there twice";
}

TEST(Routes, WhatOpenOperationsNeedNoCredentials) {
  const YAML::Node file = YAML::LoadFile(PLIMSOLL_SOURCE_DIR "/docs/openapi.yaml");
  for (const auto& path : file["paths"]) {
    for (const auto& method : path.second) {
      if (method.first.as<std::string>() == "parameters") continue;
      const bool open = method.second["x-plimsoll-role"].as<std::string>() == "open";
      const bool said = method.second["security"].IsDefined() && method.second["security"].size() == 0;
      EXPECT_EQ(open, said) << path.first.as<std::string>();
    }
  }
}

TEST(Routes, EveryChangeIsJournalled) {
  for (const Route& route : routes()) {
    // What only checks a text, as it is typed, changes nothing.
    if (route.method == "GET" || route.path == "/api/v1/policies/check") {
      EXPECT_TRUE(route.event.empty()) << route.path;
    } else if (route.access != Access::open) {  // login and setup tell by themselves: who it was is known only then
      EXPECT_FALSE(route.event.empty()) << route.path;
    }
  }
}

TEST(Routes, AreFoundWithTheirParameters) {
  const Match asset = find_route(routes(), "GET", {"api", "v1", "assets", "docker:abc"});
  ASSERT_NE(asset.route, nullptr);
  EXPECT_EQ(asset.route->path, "/api/v1/assets/{id}");
  EXPECT_EQ(asset.parameters.at("id"), "docker:abc");
  EXPECT_EQ(find_route(routes(), "HEAD", {"api", "v1", "assets"}).route->path, "/api/v1/assets");
}

TEST(Routes, TellWhatAPathHasInstead) {
  const Match wrong = find_route(routes(), "PUT", {"api", "v1", "users"});
  EXPECT_EQ(wrong.route, nullptr);
  EXPECT_EQ(wrong.allowed.size(), 2u);
  EXPECT_TRUE(find_route(routes(), "GET", {"api", "v1", "nothing"}).allowed.empty());
  EXPECT_TRUE(find_route(routes(), "GET", {}).allowed.empty());
}

}  // namespace
}  // namespace plimsoll::server
