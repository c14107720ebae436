#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "server/api.h"
#include "wire/json_writer.h"

namespace plimsoll::server {

// Who talked to whom in some time, as it is drawn: what GET /api/v1/graph and /api/v1/graph/columns tell.
struct Graph {
  struct Node {
    Asset asset;
    int score = 0;
    ThreatLevel level = ThreatLevel::minimal;
    size_t not_assessed = 0;
    std::string networks;  // a JSON array of the names of those it is on, in order; "null": not known
  };
  // What an arrow begins or ends at: an asset, by its id, which may be gone from `nodes`; or "outside",
  // "address:ADDRESS".
  struct End {
    std::string name;
    bool is_asset = false;
  };
  // One arrow: everything that one end said to another in one protocol.
  struct Edge {
    uint64_t connections = 0, bytes = 0;
    bool seen = false;
    Instant first_seen{}, last_seen{};
  };
  using EdgeKey = std::array<uint32_t, 3>;  // from, to: of `ends`; of `protocols`

  std::vector<Node> nodes;
  std::vector<End> ends;
  std::vector<std::string> protocols;
  std::vector<std::pair<EdgeKey, Edge>> edges;  // by their keys
  std::vector<NetworkEvent> detections;
  OpenResponses responses;  // of now; of a moment of the past: none
  Instant since{}, until{};
  bool cut = false;  // more arrows than were asked for
};

// Of the parameters since and until, or at and window; asset, seen and limit.
Result<Graph> read_graph(Api& api, const Call& call);

// GET /api/v1/graph/columns of the last day, for PreparedGraph.
Response prepare_graph(Api& api);

// The flows that the same parameters ask for, without at and window.
Result<journal::FlowQuery> flow_query(const Call& call);

// "detections": [...]
void write_detections(wire::JsonWriter& out, const Graph& graph);

}  // namespace plimsoll::server
