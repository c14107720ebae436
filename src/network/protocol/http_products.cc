#include "network/protocol/http_products.h"

#include <array>

#include "base/text.h"
#include "network/protocol/fields.h"

namespace plimsoll::network {
namespace {

constexpr size_t most_headers = 128, longest_telling_body = 8192;

// What gives an application away: each row is one sign.
enum class Sign { answer_header, request_header, body, server };
struct Row {
  std::string_view application;
  Sign sign;
  std::string_view text;
};
constexpr std::array rows = {
    Row{"OpenSearch", Sign::body, "\"distribution\" : \"opensearch\""},
    Row{"OpenSearch", Sign::body, "\"distribution\":\"opensearch\""},
    Row{"Elasticsearch", Sign::answer_header, "x-elastic-product"},
    Row{"Elasticsearch", Sign::body, "You Know, for Search"},
    Row{"etcd", Sign::answer_header, "x-etcd-cluster-id"},
    Row{"etcd", Sign::request_header, "x-etcd-cluster-id"},
    Row{"etcd", Sign::body, "\"etcdserver\":\""},
    Row{"Consul", Sign::answer_header, "x-consul-index"},
    Row{"Consul", Sign::answer_header, "x-consul-effective-consistency"},
    Row{"Consul", Sign::answer_header, "x-consul-default-acl-policy"},
    Row{"CouchDB", Sign::server, "CouchDB"},
    Row{"CouchDB", Sign::body, "{\"couchdb\":\"Welcome\""},
};

// Where each tells its version in a JSON body.
struct VersionMark {
  std::string_view application, mark;
};
constexpr std::array version_marks = {
    VersionMark{"Elasticsearch", "\"number\" : \""}, VersionMark{"Elasticsearch", "\"number\":\""},
    VersionMark{"OpenSearch", "\"number\" : \""},    VersionMark{"OpenSearch", "\"number\":\""},
    VersionMark{"etcd", "\"etcdserver\":\""},        VersionMark{"CouchDB", "\"version\":\""},
};

bool holds(const Row& row, const HttpHead& request, const HttpHead& answer, std::string_view software) {
  switch (row.sign) {
    case Sign::answer_header:
      return !answer.header(row.text).empty();
    case Sign::request_header:
      return !request.header(row.text).empty();
    case Sign::body:
      return answer.body.substr(0, longest_telling_body).find(row.text) != std::string_view::npos;
    case Sign::server:
      return software == row.text;
  }
  return false;
}

void read_version(const HttpHead& answer, Identity& identity) {
  for (const VersionMark& row : version_marks) {
    if (row.application != identity.application) continue;
    const std::string_view version = between(answer.body, row.mark, "\"");
    if (!version.empty()) identity.software_version = version;
  }
}

// Whether a short JSON body is still on its way, which could tell.
bool body_to_come(const HttpHead& answer) {
  if (answer.header("content-type").find("json") == std::string_view::npos) return false;
  const auto length = parse_uint(answer.header("content-length"));
  if (length) return *length <= longest_telling_body && answer.body.size() < *length;
  return lower(answer.header("transfer-encoding")) == "chunked" && !answer.body.ends_with("0\r\n\r\n") &&
         answer.body.size() < longest_telling_body;
}

}  // namespace

std::string_view HttpHead::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && lower(key) == name) return value;
  }
  return {};
}

HttpHead read_http_head(std::string_view head) {
  HttpHead out;
  const auto start = first_line(head);
  if (!start) return out;
  if (start->starts_with("HTTP/1."))
    out.status = static_cast<int>(parse_uint(start->substr(std::min<size_t>(start->size(), 9), 3)).value_or(0));
  std::string_view rest = head.substr(head.find('\n') + 1);
  for (size_t count = 0; count < most_headers; ++count) {
    const auto line = first_line(rest);
    if (!line) return out;
    rest.remove_prefix(rest.find('\n') + 1);
    if (line->empty()) {
      out.complete = true;
      out.body = rest;
      return out;
    }
    const size_t colon = line->find(':');
    if (colon != std::string_view::npos)
      out.headers.emplace_back(line->substr(0, colon), trim(line->substr(colon + 1)));
  }
  return out;
}

bool find_product(const HttpHead& request, const HttpHead& answer, Identity& identity) {
  const bool whole = !body_to_come(answer);
  if (identity.application != "HTTP") return true;
  for (const Row& row : rows) {
    if (!holds(row, request, answer, identity.software)) continue;
    identity.application = row.application;
    identity.software = row.application;
    read_version(answer, identity);
    // OpenSearch answers as Elasticsearch does, and says so in the body only.
    return whole;
  }
  return whole;
}

}  // namespace plimsoll::network
