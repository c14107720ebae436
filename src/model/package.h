#pragma once
#include <string>
#include <vector>

#include "model/ids.h"

namespace plimsoll {

// purl types: https://github.com/package-url/purl-spec, PURL-TYPES.
enum class PackageType { deb, rpm, apk, npm, pypi, golang, maven, gem, nuget, composer, cargo, other };

// Of the operating system, whose distribution's advisories speak of it; every other is a language's.
constexpr bool is_os_package(PackageType type) {
  return type == PackageType::deb || type == PackageType::rpm || type == PackageType::apk;
}

// Whether a running process of the asset has a file of the package mapped. Only meaningful on running assets.
enum class Loaded { unknown, no, yes };

// One installed program library at one version.
struct Package {
  PackageType type = PackageType::other;
  std::string ecosystem;  // OSV ecosystem with release ("Debian:12", "npm"); empty when none is known
  std::string name;       // binary package name
  std::string version;    // as its own ecosystem writes it, epoch included
  std::string arch;
  std::string source_name;     // deb source, apk origin, rpm source; equal to name when the source is the package
  std::string source_version;  // equal to version when not told apart
  std::string module;          // rpm modularity label "name:stream:..."; else empty
  std::string purl;            // pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12
  std::vector<std::string> locations;  // paths inside the tree that prove it
  LayerDigest layer;                   // image layer that brought it; empty outside images
  Loaded loaded = Loaded::unknown;
  std::string owned_by;  // name of the OS package whose file this language package is; then not matched on its own
  bool operator==(const Package&) const = default;
};

}  // namespace plimsoll
