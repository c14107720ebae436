#pragma once
#include <string>
#include <vector>

namespace plimsoll {

// Where the threat sources are and how an update behaves; values come from data/policies/default.yaml through policy.
// The initial values here are the documented defaults, so that a test can build one without the file.
struct UpdatePolicy {
  // Roots and files of the public sources. An empty one is not asked.
  std::string osv = "https://osv-vulnerabilities.storage.googleapis.com";  // ecosystems.txt and a folder an ecosystem
  std::string kev = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
  std::string epss = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz";
  std::string cvss;  // a file in the layout of cvss/cve-cvss.jsonl.gz: no public site has one
  std::string nvd = "https://services.nvd.nist.gov/rest/json/cves/2.0";  // asked only with --nvd
  std::vector<std::string> redirect_hosts;                               // other hosts that a source may redirect to
  std::string ca_file;                                                   // PEM; empty: the system's certificates
  double max_loss = 0.5;          // a source that loses a larger share of its records at once is refused
  int single_records = 300;       // more changed records than this: the whole archive is fetched
  int attempts = 4;               // for one download, without progress in between
  double first_wait_seconds = 1;  // before the second attempt; doubles with each, plus jitter
  int stall_seconds = 30, slowest_bytes_a_second = 1000;  // slower for longer is broken
  int max_minutes = 60, max_megabytes = 4096;             // of a whole update
  int kilobytes_a_second = 0;                             // 0: as fast as it goes
  double nvd_pause_seconds = 6;  // between two pages: NVD asks for at most 5 requests in 30 seconds without a key
  bool operator==(const UpdatePolicy&) const = default;
};

}  // namespace plimsoll
