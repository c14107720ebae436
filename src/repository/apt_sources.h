#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::repository {

// One suite of one repository, as sources.list(5) names it.
struct AptSource {
  std::string uri;                                     // ends with a slash
  std::string suite;                                   // ends with a slash: a flat repository, without components
  std::vector<std::string> components, architectures;  // architectures empty: the system's own
  std::vector<std::string> signed_by;                  // key file paths and fingerprints
  std::string embedded_key;                            // Signed-By that holds the key itself
  std::optional<bool> trusted;
  bool operator==(const AptSource&) const = default;

  // The folder of its Release file: URI + "dists/SUITE/", or URI + SUITE.
  std::string release_url() const;
};

// One-line form ("deb [options] URI SUITE COMPONENT..."); deb-src and lines that are none are passed over.
std::vector<AptSource> parse_sources_list(std::string_view text);
// deb822 form (*.sources).
std::vector<AptSource> parse_deb822_sources(std::string_view text);

// The name under which apt keeps what it fetched from `url` in its lists directory (apt-pkg, URItoFileName).
std::string list_file_name(std::string_view url);

}  // namespace plimsoll::repository
