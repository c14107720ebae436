#include "feed/nvd.h"

#include "feed/json.h"

namespace plimsoll::feed {
namespace {

constexpr size_t kMaxPage = size_t{64} << 20, kMaxCves = 10000, kMaxId = 64, kMaxVector = 300;

// A CVE id and a vector hold only these: what is written into a line of JSON needs no escapes.
bool is_plain(std::string_view text) {
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == ':' || c == '/' || c == '.';
    if (!plain) return false;
  }
  return !text.empty();
}

// Which metric list of the API holds which type, best first: one vector is kept for each type.
struct Metric {
  std::string_view key, type;
};
constexpr Metric kMetrics[] = {{"cvssMetricV40", "CVSS_V4"},
                               {"cvssMetricV31", "CVSS_V3"},
                               {"cvssMetricV30", "CVSS_V3"},
                               {"cvssMetricV2", "CVSS_V2"}};

class PageReader {
 public:
  PageReader(NvdPage& into, JsonCursor& json) : into_(into), json_(json) {}

  void member(std::string_view key, sj::value value) {
    if (key == "startIndex") into_.start = number(value, "startIndex");
    if (key == "totalResults") {
      into_.total = number(value, "totalResults");
      total_seen_ = true;
    }
    if (key != "vulnerabilities") return;
    list_seen_ = true;
    json_.array(value, "vulnerabilities", [&](sj::value element) {
      json_.object(element, "vulnerabilities[]", [&](std::string_view name, sj::value inner) {
        if (name == "cve") read_cve(inner);
      });
    });
  }
  void finish() {
    json_.at("totalResults");
    if (!total_seen_) json_.refuse(ErrorKind::malformed, "is missing");
    json_.at("vulnerabilities");
    if (!list_seen_) json_.refuse(ErrorKind::malformed, "is missing");
  }

 private:
  uint64_t number(sj::value value, const char* field) {
    json_.at(field);
    return value.get_uint64();
  }

  void read_cve(sj::value value) {
    if (into_.cves.size() >= kMaxCves) json_.refuse(ErrorKind::limit, "holds more than 10000 CVEs");
    NvdCve& cve = into_.cves.emplace_back();
    std::string best[std::size(kMetrics)];
    bool rejected = false;
    json_.object(value, "cve", [&](std::string_view key, sj::value inner) {
      if (key == "id") cve.id.assign(json_.string(inner, "cve.id").substr(0, kMaxId));
      if (key == "vulnStatus") rejected = json_.string(inner, "cve.vulnStatus") == "Rejected";
      if (key == "metrics") read_metrics(inner, best);
    });
    json_.at("cve.id");
    if (!is_plain(cve.id) || !cve.id.starts_with("CVE-")) json_.refuse(ErrorKind::malformed, "is no CVE id");
    for (size_t i = 0; i < std::size(kMetrics) && !rejected; ++i) {
      const bool older = kMetrics[i].type == "CVSS_V2" && !cve.vectors.empty();
      const bool taken = !cve.vectors.empty() && cve.vectors.back().type == kMetrics[i].type;
      if (best[i].empty() || older || taken) continue;
      cve.vectors.push_back({std::string(kMetrics[i].type), std::move(best[i])});
    }
  }

  void read_metrics(sj::value value, std::string (&best)[std::size(kMetrics)]) {
    json_.object(value, "cve.metrics", [&](std::string_view key, sj::value list) {
      for (size_t i = 0; i < std::size(kMetrics); ++i) {
        if (key != kMetrics[i].key) continue;
        json_.array(list, "cve.metrics[]", [&](sj::value metric) { read_metric(metric, best[i]); });
        break;
      }
    });
  }

  // NVD's own opinion ("Primary") goes before that of others ("Secondary").
  void read_metric(sj::value value, std::string& best) {
    bool primary = false;
    std::string vector;
    json_.object(value, "cve.metrics[]", [&](std::string_view key, sj::value inner) {
      if (key == "type") primary = json_.string(inner, "cve.metrics[].type") == "Primary";
      if (key != "cvssData") return;
      json_.object(inner, "cvssData", [&](std::string_view name, sj::value text) {
        if (name == "vectorString") vector.assign(json_.string(text, "cvssData.vectorString").substr(0, kMaxVector));
      });
    });
    if (is_plain(vector) && (primary || best.empty())) best = std::move(vector);
  }

  NvdPage& into_;
  JsonCursor& json_;
  bool total_seen_ = false, list_seen_ = false;
};

}  // namespace

Result<NvdPage> parse_nvd_page(std::string_view json) {
  NvdPage page;
  JsonCursor cursor;
  JsonSource source;
  PageReader reader(page, cursor);
  PLIMSOLL_CHECK(source.read(
      json, "NVD page", kMaxPage, cursor, [&](std::string_view key, sj::value value) { reader.member(key, value); },
      [&] { reader.finish(); }));
  return page;
}

std::string cvss_line_of(const NvdCve& cve) {
  std::string list;
  for (const NvdCve::Vector& vector : cve.vectors) {
    list += (list.empty() ? "" : ",");
    list += R"({"type":")" + vector.type + R"(","score":")" + vector.score + "\"}";
  }
  return R"({"id":")" + cve.id + R"(","severity":[)" + list + R"(],"source":"nvd"})";
}

}  // namespace plimsoll::feed
